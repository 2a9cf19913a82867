"""A backbone trained on the digits 0 to 4, frozen, with a new head for 5 to 9."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, table[:, 64].astype("int32")
low = y < 5

backbone = keras.Sequential(
    [layers.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu")],
    name="backbone",
)
first = keras.Sequential([backbone, layers.Dense(5, activation="softmax")])
first.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
first.fit(x[low], y[low], epochs=6, batch_size=32, verbose=2)

backbone.trainable = False
second = keras.Sequential([backbone, layers.Dense(5, activation="softmax")])
second.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
second.fit(x[~low], y[~low] - 5, epochs=10, batch_size=32, verbose=2)
