"""Pressure in a pipeline: the next value from the last 12."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)
WINDOW = 12
steps = 2200
pressure = np.zeros(steps)
for t in range(2, steps):
    pressure[t] = 1.2 * pressure[t - 1] - 0.5 * pressure[t - 2] + rng.normal(0, 0.3)
pressure = pressure.astype("float32")


def windows(series, window=WINDOW):
    """Pairs of the last values and the one that follows."""
    x = np.lib.stride_tricks.sliding_window_view(series, window)
    y = series[window:]
    return x[: len(y)].copy(), y.copy()


cut = int(0.8 * steps)
x_train, y_train = windows(pressure[:cut])
x_test, y_test = windows(pressure[cut:])

model = keras.Sequential()
model.add(layers.Input((WINDOW,)))
model.add(layers.Reshape((WINDOW, 1)))
model.add(layers.Conv1D(16, 3, activation="relu", padding="causal"))
model.add(layers.Flatten())
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
stop = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
model.fit(
    x_train, y_train, validation_data=(x_test, y_test), epochs=10, batch_size=50, callbacks=[stop], verbose=2
)
guess = model.predict(x_test, verbose=0)[:, 0]
print("R2 of the next value:", round(r2_score(y_test, guess), 3))
