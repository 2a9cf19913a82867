"""Current of a pump whose piston goes once a minute; the phase comes from the time stamp."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import r2_score

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)

n = 2000
stamps = 1_700_000_000 + np.sort(rng.choice(90_000, n, replace=False))  # whole seconds
phase_true = stamps % 60 / 60
current = 4 + np.sin(2 * np.pi * phase_true) + 0.6 * (phase_true > 0.7) + rng.normal(0, 0.1, n)
current = ((current - current.mean()) / current.std()).astype("float32")


def clock(stamps, period=60):
    """Place within the period, on a circle."""
    seconds = np.asarray(stamps, dtype="float32")
    angle = 2 * np.pi * (seconds % period) / period
    return np.stack([np.sin(angle), np.cos(angle)], axis=1).astype("float32")


features = clock(stamps)
print("first rows:", features[:3].round(3).tolist())
cut = 1600
inputs = keras.Input((2,), name="clock")
h = layers.Dense(32, activation="relu")(inputs)
h = layers.Dense(32, activation="relu")(h)
model = keras.Model(inputs, layers.Dense(1, name="ampere")(h))
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit(
    features[:cut],
    current[:cut],
    validation_data=(features[cut:], current[cut:]),
    epochs=12,
    batch_size=50,
    verbose=2,
)
print(
    "R2 on the last readings:",
    round(r2_score(current[cut:], model.predict(features[cut:], verbose=0)[:, 0]), 3),
)
