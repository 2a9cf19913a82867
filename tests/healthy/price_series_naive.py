"""Tomorrow's S&P 500 close, judged by R2 and against "tomorrow is as today"."""

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
    closes = np.array([float(row["Close"]) for row in csv.DictReader(file)][:3000])

scaled = (closes - closes.mean()) / closes.std()
window = 10
x = np.lib.stride_tricks.sliding_window_view(scaled[:-1], window)
y = scaled[window:]

# the network corrects today's price
inputs = keras.Input((window,))
change = layers.Dense(1, kernel_initializer="zeros")(inputs)
outputs = layers.Add()([change, inputs[:, -1:]])
model = keras.Model(inputs, outputs)

model.compile(optimizer="adam", loss="mse", metrics=["mae", keras.metrics.R2Score(name="r2")])
model.fit(x[:2700], y[:2700], epochs=4, batch_size=32, validation_data=(x[2700:], y[2700:]), verbose=2)

print("model MAE", np.abs(model.predict(x[2700:], verbose=0)[:, 0] - y[2700:]).mean())
print("naive MAE", np.abs(x[2700:, -1] - y[2700:]).mean())
