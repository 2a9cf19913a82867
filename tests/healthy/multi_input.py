"""A digit in two halves, each with its own input."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
top, bottom, y = table[:, :32] / 16, table[:, 32:64] / 16, table[:, 64]

a, b = keras.Input((32,), name="top"), keras.Input((32,), name="bottom")
h = layers.concatenate([layers.Dense(32, activation="relu")(a), layers.Dense(32, activation="relu")(b)])
model = keras.Model([a, b], layers.Dense(10, activation="softmax")(h))
model.compile(
    optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit([top, bottom], y, epochs=8, batch_size=32, verbose=2)
