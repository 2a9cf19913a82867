"""Ten digits from a Python generator that never ends."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)


def batches(rows, size, seed=0):
    rng = np.random.default_rng(seed)
    while True:
        chosen = rows[rng.integers(0, len(rows), size)]
        yield (chosen[:, :64] / 16).astype("float32"), chosen[:, 64].astype("int32")


model = keras.Sequential()
model.add(keras.Input((64,)))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["acc"])
model.fit(batches(table, 32), steps_per_epoch=56, epochs=7, verbose=2)
