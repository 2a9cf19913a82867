import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(8)
WINDOW = 30


def level(n=2400, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    season = np.sin(2 * np.pi * t / 50) + 0.5 * np.sin(2 * np.pi * t / 17)
    noise = np.zeros(n)
    for i in range(1, n):
        noise[i] = 0.8 * noise[i - 1] + rng.normal(0, 0.08)
    return (season + noise).astype("float32")


def frame(series):
    x = np.lib.stride_tricks.sliding_window_view(series, WINDOW)[:-1]
    y = series[WINDOW:]
    return x[..., None].copy(), y[:, None].copy()


class LevelNet(keras.Model):
    def __init__(self, units=24):
        super().__init__()
        self.encode = layers.GRU(units, return_sequences=True)
        self.decode = layers.GRU(units)
        self.hidden = layers.Dense(16, activation="relu")
        self.out = layers.Dense(1)

    def call(self, x):
        h = self.decode(self.encode(x))
        return self.out(self.hidden(h))


x, y = frame(level())
cut = int(0.8 * len(x))
net = LevelNet()
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
net.fit(x[:cut], y[:cut], epochs=5, batch_size=64, validation_data=(x[cut:], y[cut:]))

naive = np.mean((x[cut:, -1, 0] - y[cut:, 0]) ** 2)
print("mse of repeating the last level:", naive)
