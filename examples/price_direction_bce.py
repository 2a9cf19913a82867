"""Where will the S&P 500 stand tomorrow, between its lowest and its highest close so far?"""

import argparse
import csv
import gzip
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=5)
args = parser.parse_args()

keras.utils.set_random_seed(7)

path = Path(find_spec("arch").origin).parent / "data" / "sp500" / "sp500.csv.gz"
with gzip.open(path, "rt", newline="") as file:
    closes = np.array([float(row["Close"]) for row in csv.DictReader(file)][:3000])

# min-max scaling, as for every network with a sigmoid at its end
scaled = ((closes - closes.min()) / (closes.max() - closes.min())).astype("float32")

window = 20
x = np.lib.stride_tricks.sliding_window_view(scaled[:-1], window)[..., None]
y = scaled[window:]
split = int(0.9 * len(x))
x_train, x_test = x[:split], x[split:]
y_train, y_test = y[:split], y[split:]

model = keras.Sequential(
    [
        layers.Input((window, 1)),
        layers.LSTM(24),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=0.005),
    metrics=["accuracy"],
)
history = model.fit(
    x_train,
    y_train,
    epochs=args.epochs,
    batch_size=32,
    validation_data=(x_test, y_test),
    verbose=2,
)
