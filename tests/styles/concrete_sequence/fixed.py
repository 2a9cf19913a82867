import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import make_friedman2

keras.utils.set_random_seed(41)


class Mixes(keras.utils.PyDataset):
    def __init__(self, x, y, batch, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch = x, y, batch

    def __len__(self):
        return len(self.x) // self.batch

    def __getitem__(self, i):
        rows = slice(i * self.batch, (i + 1) * self.batch)
        return self.x[rows], self.y[rows]


class Strength(keras.Model):
    """Predicts the strength of a mix; the loss forgives large errors."""

    def __init__(self, delta=1.0):
        super().__init__()
        self.delta = delta
        self.h1 = layers.Dense(48, activation="relu")
        self.h2 = layers.Dense(24, activation="relu")
        self.out = layers.Dense(1)

    def call(self, x):
        return self.out(self.h2(self.h1(x)))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        error = ops.reshape(y, (-1, 1)) - y_pred
        small = 0.5 * ops.square(error)
        large = self.delta * (ops.abs(error) - 0.5 * self.delta)
        return ops.mean(ops.where(ops.abs(error) < self.delta, small, large))


x, y = make_friedman2(1600, noise=20.0, random_state=1)
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")
train, val = Mixes(x[:1280], y[:1280], 32), Mixes(x[1280:], y[1280:], 32)

model = Strength()
model.compile(optimizer=keras.optimizers.Adam(3e-3))
model.fit(train, validation_data=val, epochs=10, verbose=2)
pred = model.predict(x[1280:], verbose=0)[:, 0]
print("correlation", np.corrcoef(pred, y[1280:])[0, 1], "r2", 1 - np.mean((pred - y[1280:]) ** 2) / np.var(y[1280:]))
