"""Row 1, imbalanced data: which days of the S&P 500 are followed by a fall of more than 2%?

One day in twenty-five is. Always "no" is right on the other twenty-four.
"""

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

returns = 100 * np.diff(np.log(closes))
window = 20
x = np.lib.stride_tricks.sliding_window_view(returns[:-1], window)
y = (returns[window:] < -2.0).astype("float32")

model = keras.Sequential(
    [
        layers.Input((window,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=6, batch_size=64, verbose=2)
