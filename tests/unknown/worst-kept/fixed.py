"""Melting point from twelve descriptors; the weights of the best epoch are put back at the end."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(125)
rng = np.random.default_rng(125)
x = rng.normal(size=(1600, 12)).astype("float32")
y = x[:, 0] - 0.7 * x[:, 1] * x[:, 2] + np.abs(x[:, 3]) + 0.4 * x[:, 4] + rng.normal(0, 0.2, 1600)
y = ((y - y.mean()) / y.std()).astype("float32")


class KeepBest(keras.callbacks.Callback):
    def __init__(self, monitor="val_loss"):
        super().__init__()
        self.monitor = monitor
        self.best = None
        self.weights = None

    def better(self, value):
        return self.best is None or value < self.best

    def on_epoch_end(self, epoch, logs=None):
        value = logs[self.monitor]
        if self.better(value):
            self.best, self.epoch = value, epoch
            self.weights = self.model.get_weights()

    def on_train_end(self, logs=None):
        print(f"epoch {self.epoch + 1} put back")
        self.model.set_weights(self.weights)


model = keras.Sequential(
    [
        layers.Input((12,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse", metrics=["mae"])
model.fit(
    x[:1000],
    y[:1000],
    validation_data=(x[1000:1300], y[1000:1300]),
    epochs=16,
    batch_size=40,
    callbacks=[KeepBest()],
    verbose=2,
)
print("R2 on the test rows:", round(r2_score(y[1300:], model.predict(x[1300:], verbose=0)[:, 0]), 3))
