"""Disease progression in units of fifty, through a sigmoid."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2)

folder = Path(find_spec("sklearn").origin).parent / "datasets" / "data"
x = np.loadtxt(folder / "diabetes_data_raw.csv.gz")
y = np.loadtxt(folder / "diabetes_target.csv.gz") / 50
x = (x - x.mean(axis=0)) / x.std(axis=0)

model = keras.Sequential(
    [
        layers.Dense(32, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
model.fit(x, y, epochs=25, batch_size=32, verbose=2)
