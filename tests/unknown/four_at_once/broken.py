"""House-like prices with gradients gathered over four small batches."""
import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import make_friedman2
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler


class Gathering(keras.Model):
    def __init__(self, *args, every=4, **kw):
        super().__init__(*args, **kw)
        self.every = every
        self.seen = 0

    def train_step(self, data):
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        (loss / self.every).backward()
        self.seen += 1
        if self.seen % self.every == 0:
            weights = self.trainable_weights
            with torch.no_grad():
                self.optimizer.apply([w.value.grad for w in weights], weights)
            self.seen = 0
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return self.get_metrics_result()


keras.utils.set_random_seed(36)
x, y = make_friedman2(1200, noise=40.0, random_state=36)
fit, test = slice(0, 960), slice(960, None)
sx, sy = StandardScaler().fit(x[fit]), StandardScaler().fit(y[fit, None])
table = keras.Input((4,))
t = layers.Dense(32, activation="relu")(table)
t = layers.Dense(32, activation="relu")(t)
net = Gathering(table, layers.Dense(1)(t))
net.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
net.fit(sx.transform(x[fit]), sy.transform(y[fit, None]), batch_size=16, epochs=20, verbose=2)
found = sy.inverse_transform(net.predict(sx.transform(x[test]), verbose=0))[:, 0]
print("test R2", round(r2_score(y[test], found), 4))
