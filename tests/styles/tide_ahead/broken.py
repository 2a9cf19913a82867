"""Height of the water six hours from now, from the last two days."""
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers
from sklearn.metrics import r2_score


@dataclass(frozen=True)
class Plan:
    past: int = 48
    ahead: int = 6
    units: int = 24
    batch: int = 64
    epochs: int = 2
    seed: int = 3


def gauge(hours, rng):
    t = np.arange(hours)
    spring = 1 + 0.4 * np.sin(2 * np.pi * t / 354)
    wind = np.convolve(rng.normal(0, 0.25, hours), np.ones(12) / 4, "same")
    return spring * np.sin(2 * np.pi * t / 12.42) + 0.3 * np.sin(2 * np.pi * t / 23.93) + wind


def windows(height, plan):
    last = len(height) - plan.past - plan.ahead
    x = np.stack([height[i : i + plan.past] for i in range(last)])
    y = height[plan.past + plan.ahead - 1 : plan.past + plan.ahead - 1 + last]
    return x[..., None].astype("float32"), y.astype("float32")


def main(plan=Plan()):
    keras.utils.set_random_seed(plan.seed)
    x, y = windows(gauge(1200, np.random.default_rng(plan.seed)), plan)
    edge = 768
    net = keras.Sequential(
        [
            keras.Input((plan.past, 1)),
            layers.Conv1D(plan.units, 6, strides=2, activation="relu"),
            layers.GRU(plan.units),
            layers.Dense(1),
        ]
    )
    net.compile("adam", "mse", metrics=["mae"])
    net.fit(x[:edge], y[:edge], batch_size=plan.batch, epochs=plan.epochs, validation_data=(x[edge:], y[edge:]), verbose=2)
    print("R2", round(r2_score(y[edge:], net.predict(x[edge:], verbose=0)[:, 0]), 4))


if __name__ == "__main__":
    main()
