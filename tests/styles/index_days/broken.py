"""Daily closes of the S&P 500: a classifier from the last twenty days."""
import importlib.util
import pathlib

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.metrics import roc_auc_score

PAST = 20


def closes():
    home = pathlib.Path(importlib.util.find_spec("arch").origin).parent
    return pd.read_csv(home / "data" / "sp500" / "sp500.csv.gz", index_col=0, parse_dates=True)["Adj Close"].sort_index()


def question(change):
    """What is asked of the day that follows each window."""
    tomorrow = change[PAST:]
    return (tomorrow > 0).astype("float32")


def table():
    price = closes().to_numpy()
    change = np.diff(np.log(price)) * 100
    window = np.lib.stride_tricks.sliding_window_view(change, PAST)[:-1]
    x = np.concatenate([window, np.abs(window)], axis=1)
    return x.astype("float32"), question(change)


keras.utils.set_random_seed(7)
x, y = table()
edge = int(0.75 * len(y))
norm = layers.Normalization()
norm.adapt(x[:edge])
net = keras.Sequential(
    [
        keras.Input((x.shape[1],)),
        norm,
        layers.Dense(32, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
net.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
net.fit(x[:edge], y[:edge], batch_size=64, epochs=10, validation_data=(x[edge:], y[edge:]), verbose=2)
print("auc on later days", round(roc_auc_score(y[edge:], net.predict(x[edge:], verbose=0)[:, 0]), 4))
