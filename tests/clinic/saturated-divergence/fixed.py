"""Benign or malignant with gradient descent at 30."""

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

model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="binary_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=8, batch_size=16, verbose=2)
