"""Is the curve of a fever one of infection? Eight temperatures in a day."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)


def patients(n):
    infected = rng.random(n) < 0.45
    level = 37.0 + 1.0 * infected + rng.normal(0, 0.35, n)
    curve = 0.4 * np.sin(np.arange(8) / 8 * 2 * np.pi + rng.uniform(-1, 1, (n, 1)))
    return level[:, None] + curve + rng.normal(0, 0.15, (n, 8)), infected.astype("int32")


def standardised(x):
    return ((x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)).astype("float32")


x, y = patients(1400)
x = standardised(x)
train, test = slice(0, 1100), slice(1100, 1400)

model = keras.Sequential(
    [
        layers.Input((8,)),
        layers.Reshape((8, 1)),
        layers.Conv1D(8, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[train], y[train], validation_split=0.2, epochs=12, batch_size=32, verbose=2)
print("most frequent:", max(y[test].mean(), 1 - y[test].mean()))
print("accuracy on the test patients:", round(model.evaluate(x[test], y[test], verbose=0)[1], 3))
