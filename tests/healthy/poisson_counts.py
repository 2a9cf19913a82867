"""Counts with a Poisson loss and an exponential output."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

x = rng.normal(size=(2000, 4)).astype("float32")
counts = rng.poisson(np.exp(0.6 * x[:, 0] - 0.4 * x[:, 1] + 0.5)).astype("float32")

model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1, activation="exponential")])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="poisson", metrics=["mae"])
model.fit(x, counts, epochs=8, batch_size=32, validation_split=0.2, verbose=2)
