"""Disease progression, a score from 25 to 346, as it stands."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

folder = Path(find_spec("sklearn").origin).parent / "datasets" / "data"
x = np.loadtxt(folder / "diabetes_data_raw.csv.gz")
y = np.loadtxt(folder / "diabetes_target.csv.gz")
y = (y - y.mean()) / y.std()
x = (x - x.mean(axis=0)) / x.std(axis=0)

model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile(optimizer="adam", loss="mse", metrics=["r2_score"])
model.fit(x, y, epochs=20, batch_size=32, verbose=2)
