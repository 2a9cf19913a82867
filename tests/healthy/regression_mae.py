"""Disease progression with the metrics that fit a number."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

folder = Path(find_spec("sklearn").origin).parent / "datasets" / "data"
x = np.loadtxt(folder / "diabetes_data_raw.csv.gz")
y = np.loadtxt(folder / "diabetes_target.csv.gz")
x = (x - x.mean(axis=0)) / x.std(axis=0)
y = (y - y.mean()) / y.std()

model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1)])
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="mse",
    metrics=["mae", keras.metrics.RootMeanSquaredError(name="rmse")],
)
model.fit(x, y, epochs=15, batch_size=32, validation_split=0.2, verbose=2)
