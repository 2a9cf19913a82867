"""Three cultivars of wine; one column counts to 1,680, another to .66."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "wine_data.csv",
    delimiter=",",
    skiprows=1,
)
x, y = table[:, :13], table[:, 13]

model = keras.Sequential(
    [
        layers.Input(shape=(13,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=20, batch_size=16, verbose=2)
