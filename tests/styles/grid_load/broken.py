"""One-step forecast of a district's electric load from the last 24 hours."""
import argparse

import keras
import numpy as np
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--hours", type=int, default=2200)
parser.add_argument("--window", type=int, default=24)
parser.add_argument("--units", type=int, default=16)
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--rate", type=float, default=5e-3)
args = parser.parse_args()

keras.utils.set_random_seed(23)


def load_curve(hours, seed=23):
    rng = np.random.default_rng(seed)
    t = np.arange(hours)
    daily = 9 * np.sin(2 * np.pi * (t - 7) / 24) + 3 * np.sin(4 * np.pi * t / 24)
    weekly = -6.0 * ((t // 24) % 7 >= 5)
    drift = np.cumsum(rng.normal(0, 0.15, hours))
    return (50 + daily + weekly + drift + rng.normal(0, 0.8, hours)).astype("float32")


def windows(series, width):
    x = np.lib.stride_tricks.sliding_window_view(series, width)[:-1]
    return np.ascontiguousarray(x)[..., None], series[width:][:, None]


class LoadForecaster(keras.Model):
    """Convolution over the day, then a small dense readout."""

    def __init__(self, units):
        super().__init__()
        self.conv = layers.Conv1D(units, 5, activation="relu", padding="causal")
        self.pool = layers.AveragePooling1D(2)
        self.flat = layers.Flatten()
        self.hidden = layers.Dense(2 * units, activation="relu")
        self.readout = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        x = self.pool(self.conv(x))
        x = self.hidden(self.flat(x))
        return self.readout(x)


def r_squared(y, p):
    return 1.0 - float(((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum())


curve = load_curve(args.hours)
cut = int(0.8 * len(curve))
mean, std = curve[:cut].mean(), curve[:cut].std()
curve = (curve - mean) / std

x_train, y_train = windows(curve[:cut], args.window)
x_test, y_test = windows(curve[cut:], args.window)
print("windows:", x_train.shape, x_test.shape)

model = LoadForecaster(args.units)
model.compile(optimizer=keras.optimizers.Adam(args.rate), loss="mse", metrics=["mae"])
model.fit(
    x_train,
    y_train,
    validation_data=(x_test, y_test),
    epochs=args.epochs,
    batch_size=64,
    verbose=2,
)
prediction = model.predict(x_test, verbose=0)
print(f"test R2 {r_squared(y_test, prediction):.4f}")
print(f"mean absolute error {float(np.abs(prediction - y_test).mean() * std):.2f} MW")
