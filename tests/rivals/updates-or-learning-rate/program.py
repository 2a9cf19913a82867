"""Two moons that wind round each other twice, in a hurry."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(3)

rng = np.random.default_rng(3)
n = 1000
y = rng.integers(0, 2, n)
turn = rng.uniform(0.5, 2.5, n) * np.pi
x = np.stack([turn * np.cos(turn + np.pi * y), turn * np.sin(turn + np.pi * y)], axis=1) / 4
x += rng.normal(0, 0.05, x.shape)

model = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=6, batch_size=100, verbose=2)
