"""Row 7, gradients: the variance of prices through weights that start at one."""

import csv
import gzip
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)

path = Path(find_spec("arch").origin).parent / "data" / "sp500" / "sp500.csv.gz"
with gzip.open(path, "rt", newline="") as file:
    closes = np.array([float(row["Close"]) for row in csv.DictReader(file)])

moves = np.abs(100 * np.diff(np.log(closes)))
window = 20
x = np.lib.stride_tricks.sliding_window_view(moves[:-1], window)[..., None]
y = moves[window:]

model = keras.Sequential()
model.add(layers.Input((window, 1)))
model.add(
    layers.SimpleRNN(32, activation="relu", recurrent_initializer=keras.initializers.RandomNormal(stddev=0.5))
)
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse", metrics=["mae"])
model.fit(x, y, epochs=3, batch_size=64, verbose=2)
