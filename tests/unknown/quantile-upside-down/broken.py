"""How much electricity must be held ready? The 90 % quantile of the load, given the hour and the temperature."""

import argparse

import keras
import numpy as np
from keras import layers, ops

parser = argparse.ArgumentParser()
parser.add_argument("--quantile", type=float, default=0.9)
parser.add_argument("--epochs", type=int, default=20)
args = parser.parse_args()

keras.utils.set_random_seed(90)
rng = np.random.default_rng(90)


def make_loads(n):
    hour = rng.uniform(0, 24, n)
    temperature = rng.normal(12, 8, n)
    level = 3 + 1.2 * np.sin((hour - 8) / 24 * 2 * np.pi) + 0.04 * np.abs(temperature - 18)
    spread = 0.15 + 0.35 * (hour > 16)
    load = level + spread * rng.normal(size=n)
    features = np.stack(
        [np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), (temperature - 12) / 8], axis=1
    )
    return features.astype("float32"), load.astype("float32")


def pinball(q):
    def loss(y_true, y_pred):
        error = y_pred - ops.reshape(y_true, ops.shape(y_pred))
        return ops.mean(ops.maximum(q * error, (q - 1) * error), axis=-1)

    return loss


x, y = make_loads(2000)
x_test, y_test = make_loads(1000)
model = keras.Sequential(
    [
        layers.Input((3,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.004), loss=pinball(args.quantile))
model.fit(x, y, validation_split=0.1, epochs=args.epochs, batch_size=50, verbose=2)

reserve = model.predict(x_test, verbose=0)[:, 0]
covered = np.mean(y_test <= reserve)
print(f"covered {covered:.3f}, wanted {args.quantile}; distance {abs(covered - args.quantile):.3f}")
