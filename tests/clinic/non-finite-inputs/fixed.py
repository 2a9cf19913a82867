"""Benign or malignant from the logarithms of the measurements; some measurements are 0."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv",
    delimiter=",",
    skiprows=1,
)
x, y = np.log1p(table[:, :30]), table[:, 30]

model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(2, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=10, batch_size=16, verbose=2)
