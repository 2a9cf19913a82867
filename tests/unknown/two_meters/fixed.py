"""Power and gas of a house for the next hour."""
import keras
import numpy as np
from keras import layers
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler


def house(hours, seed):
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    cold = 8 + 7 * np.cos(2 * np.pi * hour / (24 * 60)) + 3 * np.cos(2 * np.pi * hour / 24) + rng.normal(0, 0.5, hours)
    home = (np.sin(2 * np.pi * (hour - 8) / 24) + 1) / 2
    power = 320 + 900 * home**2 + rng.normal(0, 45, hours)
    gas = np.maximum(0, 2.4 - 0.12 * cold) + 0.4 * home + rng.normal(0, 0.05, hours)
    return np.stack([power, gas, cold], axis=1)


def windows(table, past):
    x = np.lib.stride_tricks.sliding_window_view(table[:-1], past, axis=0)
    return x.transpose(0, 2, 1), table[past:, :2]


keras.utils.set_random_seed(53)
table = house(2400, 53)
scalers = [StandardScaler().fit(table[:1900, [c]]) for c in range(3)]
scaled = np.hstack([s.transform(table[:, [c]]) for c, s in enumerate(scalers)]).astype("float32")
x, y = windows(scaled, 24)
units = table[24:, :2]

series = keras.Input((24, 3))
t = layers.GRU(24)(series)
heads = {name: layers.Dense(1, name=name)(t) for name in ("power", "gas")}
model = keras.Model(series, heads)
model.compile(keras.optimizers.Adam(3e-3), loss={"power": "mse", "gas": "mse"})
model.fit(x[:1876], {"power": y[:1876, :1], "gas": y[:1876, 1:]}, batch_size=64, epochs=8, verbose=2)

forecast = model.predict(x[1876:], verbose=0)
scores = []
for column, name in enumerate(("power", "gas")):
    back = scalers[column].inverse_transform(forecast[name])[:, 0]
    scores.append(r2_score(units[1876:, column], back))
    print(name, round(scores[-1], 3))
print("mean R2", round(float(np.mean(scores)), 4))
