"""Demand for a bus line changes over the years; recent days should count more (half-life 90 days)."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(18)
rng = np.random.default_rng(18)
days = np.arange(1800)
table = rng.normal(size=(1800, 5)).astype("float32")  # rain, warmth, events, price, holidays
early = table @ np.array([1.0, -0.5, 0.8, -0.2, 0.1])
late = table @ np.array([-0.6, 0.9, 0.3, -1.0, 0.5])
shift = np.clip(days / 1000, 0, 1)
riders = ((1 - shift) * early + shift * late + rng.normal(0, 0.3, 1800)).astype("float32")
train, test = slice(0, 1500), slice(1500, 1800)


def recency(day, half_life=90.0):
    """1 for the newest day, half of it for one that is a half-life older."""
    age = day - day.min()
    weight = 0.5 ** (age / half_life)
    return (weight / weight.mean()).astype("float32")


inputs = layers.Input((5,))
h = layers.Dense(24, activation="relu")(inputs)
h = layers.Dense(24, activation="relu")(h)
model = keras.Model(inputs, layers.Dense(1)(h))
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(
    table[train],
    riders[train],
    sample_weight=recency(days[train]),
    validation_data=(table[test], riders[test]),
    epochs=15,
    batch_size=50,
    verbose=2,
)
print(
    "R2 on the last 300 days:", round(r2_score(riders[test], model.predict(table[test], verbose=0)[:, 0]), 3)
)
