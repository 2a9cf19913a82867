"""The water level of tomorrow from those of the last six days: the forecast trails behind the river."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(6)
random = np.random.default_rng(6)
level = np.sin(np.arange(1200) / 3) + 0.4 * np.sin(np.arange(1200) / 1.3) + random.normal(0, 0.05, 1200)
level = ((level - level.mean()) / level.std()).astype("float32")
days = np.lib.stride_tricks.sliding_window_view(level, 7)
past, tomorrow = days[:, :6, None], days[:, 6]

model = keras.Sequential(
    [layers.Input((6, 1)), layers.Flatten(), layers.Dense(32, activation="tanh"), layers.Dense(1)]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
model.fit(past[:900], tomorrow[:900], validation_data=(past[900:], tomorrow[900:]), epochs=15, verbose=2)
