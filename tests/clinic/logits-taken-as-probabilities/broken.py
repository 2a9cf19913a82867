"""Ten digits without an activation at the end."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(9)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, table[:, 64].astype("int32")

model = keras.Sequential([layers.Dense(48, activation="relu"), layers.Dense(10)])
loss = keras.losses.SparseCategoricalCrossentropy()
model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
