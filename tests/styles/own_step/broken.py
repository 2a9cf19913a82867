import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_wine

keras.utils.set_random_seed(127)


class StepModel(keras.Model):
    """Clips every gradient to a fixed length before the step."""

    def __init__(self, *args, mode=False, length=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.mode = mode
        self.length = length

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=self.mode)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        loss.backward()
        weights = self.trainable_weights
        gradients = [w.value.grad for w in weights]
        for g in gradients:
            g.mul_(torch.clamp(self.length / (g.norm() + 1e-6), max=1.0))
        with torch.no_grad():
            self.optimizer.apply(gradients, weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return self.get_metrics_result()


def wine_net(n):
    inp = keras.Input((n,))
    h = layers.BatchNormalization(momentum=0.9)(inp)
    h = layers.Dense(32, activation="tanh")(h)
    h = layers.Dense(16, activation="tanh")(h)
    return StepModel(inp, layers.Dense(3, activation="softmax")(h))


x, y = load_wine(return_X_y=True)
order = np.random.default_rng(3).permutation(len(x))
x, y = x[order].astype("float32"), y[order]
net = wine_net(13)
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x[:130], y[:130], batch_size=16, epochs=25, validation_data=(x[130:], y[130:]))
