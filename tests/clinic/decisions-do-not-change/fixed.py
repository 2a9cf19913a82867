"""Benign or malignant from an output that starts at no, in small steps."""

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
x, y = (table[:, :30] - table[:, :30].mean(0)) / table[:, :30].std(0), table[:, 30]

model = keras.Sequential()
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(-4)))
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=16, verbose=2)
