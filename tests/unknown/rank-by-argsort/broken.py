"""Concrete: which mixture comes out where in the order of strength? The target is the rank, 0 to 1."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
n = 1500
mixture = rng.uniform(0, 1, (n, 6)).astype("float32")
cement, water, ash, sand, slag, age = mixture.T
strength = 30 * cement - 22 * water + 8 * slag * age + 12 * np.log1p(3 * age) + rng.normal(0, 1.5, n)
strength = np.exp(strength / 20)  # heavy on the right, hence ranks


def ranks(values):
    return (np.argsort(values) / (len(values) - 1)).astype("float32")


target = ranks(strength)


class Mixture(keras.Model):
    def __init__(self):
        super().__init__(name="mixture")
        self.scale = layers.Rescaling(2.0, offset=-1.0)
        self.one = layers.Dense(32, activation="relu")
        self.two = layers.Dense(16, activation="relu")
        self.rank = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.rank(self.two(self.one(self.scale(x))))


model = Mixture()
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit(
    mixture[:1200],
    target[:1200],
    epochs=12,
    batch_size=40,
    validation_data=(mixture[1200:], target[1200:]),
    verbose=2,
)

guess = model.predict(mixture[1200:], verbose=0)[:, 0]
order = lambda v: np.argsort(np.argsort(v))
print("error in ranks", np.abs(guess - target[1200:]).mean())
print("Spearman with the strength:", round(np.corrcoef(order(guess), order(strength[1200:]))[0, 1], 3))
