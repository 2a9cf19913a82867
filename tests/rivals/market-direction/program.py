"""Does the S&P 500 close higher tomorrow? Judged by the returns of the last ten days."""

import keras
import numpy as np
from arch.data import sp500
from keras import layers

keras.utils.set_random_seed(7)

closes = sp500.load()["Close"].to_numpy()
returns = np.diff(np.log(closes))

window = 10
x = np.lib.stride_tricks.sliding_window_view(returns[:-1], window) / returns.std()
y = (returns[window:] > 0).astype("int32")
split = int(0.8 * len(x))

model = keras.Sequential(
    [
        layers.Input((window,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:split], y[:split], epochs=4, batch_size=64, validation_data=(x[split:], y[split:]), verbose=2)
