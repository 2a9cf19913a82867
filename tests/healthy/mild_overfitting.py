"""Ten digits from 500 rows: training is perfect, validation a little behind, and it stays there."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
table = table[np.random.default_rng(0).permutation(len(table))]
x, y = table[:, :64] / 16, table[:, 64]

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x[:500], y[:500], epochs=30, batch_size=32, validation_data=(x[500:1200], y[500:1200]), verbose=2)
