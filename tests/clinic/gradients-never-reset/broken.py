"""A training step by hand: the gradient of torch, the optimizer of Keras."""
# needs: torch

import keras
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(8)
d = load_digits()
x, y = (d.data / 16).astype("float32"), d.target


class Trainer(keras.Model):
    def train_step(self, data):
        xb, yb = data
        yp = self(xb, training=True)
        loss = self.compute_loss(x=xb, y=yb, y_pred=yp)
        loss.backward()
        grads = [v.value.grad for v in self.trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(grads, self.trainable_weights)
        for m in self.metrics:
            m.update_state(loss) if m.name == "loss" else m.update_state(yb, yp)
        return {m.name: m.result() for m in self.metrics}


inp = keras.Input((64,))
h = layers.Dense(64, activation="relu")(inp)
model = Trainer(inp, layers.Dense(10, activation="softmax")(h))
model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:1400], y[:1400], batch_size=32, epochs=15, validation_data=(x[1400:], y[1400:]), verbose=2)
