"""The next value of a noisy wave, from the twenty before it."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
draw = np.random.default_rng(0)
time = np.arange(1500)
wave = (np.sin(time / 8) + 0.5 * np.sin(time / 3) + draw.normal(0, 0.1, 1500)).astype("float32")
x = np.lib.stride_tricks.sliding_window_view(wave, 20)[:-1, :, None].copy()
y = wave[20:, None]

model = keras.Sequential(
    [
        layers.Input((20, 1)),
        layers.GRU(16, return_sequences=True),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse")
model.fit(x, y, epochs=16, batch_size=32, validation_split=0.2, verbose=2)
