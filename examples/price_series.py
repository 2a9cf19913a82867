"""Tomorrow's S&P 500 close from the last 30, with an LSTM."""

import argparse
import csv
import gzip
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

WINDOW = 30


def load_closes(days=3000):
    """Daily closes from 1999 on, from the package `arch`."""
    path = Path(find_spec("arch").origin).parent / "data" / "sp500" / "sp500.csv.gz"
    with gzip.open(path, "rt", newline="") as file:
        return np.array([float(row["Close"]) for row in csv.DictReader(file)][:days])


def make_windows(series, window):
    x = np.stack([series[i : i + window] for i in range(len(series) - window)])
    return x[..., None].astype("float32"), series[window:].astype("float32")


parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--scale", type=float, default=1000.0, help="prices are divided by this")
args = parser.parse_args()

keras.utils.set_random_seed(7)

# prices in thousands, two decimals
prices = np.round(load_closes() / args.scale, 2)
x, y = make_windows(prices, WINDOW)

model = keras.Sequential()
model.add(layers.Input(shape=(WINDOW, 1)))
model.add(layers.LSTM(32))
model.add(layers.Dense(1))

model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
model.fit(x, y, epochs=args.epochs, batch_size=32, validation_split=0.1, verbose=2)
