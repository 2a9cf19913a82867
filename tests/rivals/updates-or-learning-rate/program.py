"""The fields of a chessboard of four by four, in a hurry."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

rng = np.random.default_rng(3)
x = rng.uniform(-1, 1, (1000, 2))
y = np.floor(2 * x).sum(axis=1).astype(int) % 2

model = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=3, batch_size=100, verbose=2)
