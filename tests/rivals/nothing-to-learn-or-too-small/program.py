"""Will the customer come back? Twelve columns, and a small model to begin with."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)

rng = np.random.default_rng(5)
x = rng.normal(size=(1500, 12)).astype("float32")
y = rng.integers(0, 2, 1500)

model = keras.Sequential(
    [
        layers.Input((12,)),
        layers.Dense(2, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=8, batch_size=32, validation_split=0.2, verbose=2)
