"""Disease progression a year later, from ten measurements."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(3)

folder = Path(find_spec("sklearn").origin).parent / "datasets" / "data"
x = np.loadtxt(folder / "diabetes_data_raw.csv.gz").astype("float32")
y = np.loadtxt(folder / "diabetes_target.csv.gz").astype("float32")
x = (x - x.mean(axis=0)) / x.std(axis=0)
y = (y - y.mean()) / y.std()

model = keras.Sequential(
    [
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=32, validation_split=0.2, verbose=2)
