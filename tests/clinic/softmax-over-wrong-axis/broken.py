"""The class of a noisy signal, said again at each of twelve steps."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

kind = rng.integers(0, 3, 1500)
x = (rng.normal(size=(1500, 12, 6)) + rng.normal(size=(3, 6))[kind][:, None]).astype("float32")
y = np.repeat(kind[:, None], 12, axis=1)

inputs = keras.Input((12, 6))
state = layers.GRU(16)(inputs)
steps = layers.RepeatVector(12)(state)
scores = layers.Dense(3)(steps)
outputs = layers.Softmax(axis=1)(scores)
model = keras.Model(inputs, outputs)

model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=5, batch_size=32, verbose=2)
