"""Wine as measured, from .13 to 1,680: batch normalisation comes first and scales it."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "wine_data.csv",
    delimiter=",",
    skiprows=1,
)
table = table[np.random.default_rng(0).permutation(len(table))]
x, y = table[:, :13], table[:, 13]

model = keras.Sequential(
    [
        layers.Input((13,)),
        layers.BatchNormalization(momentum=0.9),
        layers.Dense(32, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=25, batch_size=16, validation_split=0.2, verbose=2)
