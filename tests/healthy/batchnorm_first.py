"""Breast cancer as measured, from 0 to 4,254: batch normalisation comes first and scales it."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv"
table = np.loadtxt(path, delimiter=",", skiprows=1)
table = table[np.random.default_rng(0).permutation(len(table))]
x, y = table[:, :30], table[:, 30]

model = keras.Sequential(
    [
        layers.Input((30,)),
        layers.BatchNormalization(momentum=0.9),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=16, validation_split=0.25, verbose=2)
