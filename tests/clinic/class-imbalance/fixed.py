"""Is it a zero? One digit in forty is."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, (table[:, 64] == 0).astype("float32")
kept = (y == 0) | (np.cumsum(y) % 4 == 0)
x, y = x[kept], y[kept]

model = keras.Sequential(
    [
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(0.015), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=15, batch_size=32, class_weight={0: 0.51, 1: 18.9}, verbose=2)
