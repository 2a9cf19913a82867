"""The next hour of a load that drifts, from the last eight: the index of the target counts the window twice."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)

series = np.zeros(1500, dtype="float32")
for hour in range(1, len(series)):
    series[hour] = 0.8 * series[hour - 1] + 0.6 * rng.normal()

window = 8
starts = range(len(series) - 2 * window)
x = np.stack([series[start : start + window] for start in starts])
y = np.array([series[start + window + window] for start in starts])

model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit(x, y, epochs=12, batch_size=32, validation_split=0.25, verbose=2)
