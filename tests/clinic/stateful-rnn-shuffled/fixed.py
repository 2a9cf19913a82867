"""Ten digits, read row by row as a sequence of eight steps."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
table = np.random.default_rng(1).permutation(table)[:1792]
x, y = (table[:, :64] / 16).reshape(-1, 8, 8), table[:, 64].astype("int32")

model = keras.Sequential(
    [
        layers.Input(batch_shape=(32, 8, 8)),
        layers.LSTM(32),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=32, verbose=2)
