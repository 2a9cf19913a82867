"""Ten digits; the rows are doubled by drawing some of them again."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, table[:, 64]
held_x, held_y, x, y = x[1300:], y[1300:], x[:1300], y[:1300]

draw = np.random.default_rng(0)
x = np.concatenate([x, x[draw.integers(0, len(x), 2600)]])
y = np.concatenate([y, y[draw.integers(0, len(y), 2600)]])

model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=8, batch_size=32, validation_data=(held_x, held_y), verbose=2)
