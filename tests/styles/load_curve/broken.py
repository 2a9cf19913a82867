"""Next value of a daily load curve from the last 24 hours."""
import keras
import numpy as np
from keras import layers

WINDOW = 24
SEED = 59
UNITS = 24


def curve(hours, rng):
    t = np.arange(hours)
    day = np.sin(2 * np.pi * t / 24) + 0.4 * np.sin(4 * np.pi * t / 24 + 0.7)
    week = 0.5 * np.sin(2 * np.pi * t / 168)
    return day + week + rng.normal(scale=0.1, size=hours)


def windows(series):
    views = np.lib.stride_tricks.sliding_window_view(series, WINDOW + 1)
    x = views[:, :WINDOW, None].astype("float32")
    y = views[:, WINDOW:].astype("float32")
    return x, y


def recurrent(x, units, keep=True):
    return layers.GRU(units, return_sequences=keep)(x)


def forecaster():
    inputs = keras.Input((WINDOW, 1))
    x = recurrent(inputs, UNITS)
    x = layers.GRU(UNITS, return_sequences=True)(x)
    x = layers.Dense(16, activation="relu")(x)
    outputs = layers.Dense(1, activation="relu", name="next")(x)
    return keras.Model(inputs, outputs)


keras.utils.set_random_seed(SEED)
series = curve(1300, np.random.default_rng(SEED))
limit = 1000
mean, std = series[:limit].mean(), series[:limit].std()
scaled = (series - mean) / std
x_train, y_train = windows(scaled[:limit])
x_test, y_test = windows(scaled[limit:])

model = forecaster()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse", metrics=["mae"])
model.fit(
    x_train,
    y_train,
    validation_data=(x_test, y_test),
    epochs=5,
    batch_size=64,
    verbose=2,
)
guess = model.predict(x_test, verbose=0)
guess = guess.reshape(len(x_test), -1)[:, -1]
error = np.mean((guess - y_test[:, 0]) ** 2)
yesterday = np.mean((x_test[:, 0, 0] - y_test[:, 0]) ** 2)
print(f"mse {error:.4f}; same hour of yesterday {yesterday:.4f}; variance {y_test.var():.4f}")
print(f"lowest guess {guess.min():.3f}, lowest truth {y_test.min():.3f}")
