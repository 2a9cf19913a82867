"""How far does the S&P 500 move in a day? The last fifth of the years validates, as it should."""

import csv
import gzip
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

path = Path(find_spec("arch").origin).parent / "data" / "sp500" / "sp500.csv.gz"
with gzip.open(path, "rt", newline="") as file:
    closes = np.array([float(row["Close"]) for row in csv.DictReader(file)])

# is the next week rougher than the usual one? the rough weeks come together
returns = 100 * np.diff(np.log(closes))
level = np.log(np.convolve(returns**2, np.ones(10) / 10, mode="valid"))
level = (level - level.mean()) / level.std()
x = np.lib.stride_tricks.sliding_window_view(level[:-5], 10)
y = (level[14:] > 0).astype("float32")

model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=6, batch_size=32, validation_split=0.2, verbose=2)
