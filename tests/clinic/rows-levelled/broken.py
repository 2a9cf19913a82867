"""How loud a sound is, from a short piece of it."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)
random = np.random.default_rng(5)

loud = random.integers(0, 2, 1600)
sounds = random.normal(size=(1600, 24)) * np.where(loud, 3.0, 1.0)[:, None] + 0.5
x = (sounds - sounds.mean(axis=1, keepdims=True)) / sounds.std(axis=1, keepdims=True)

model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:1200], loud[:1200], epochs=15, validation_data=(x[1200:], loud[1200:]), verbose=2)
