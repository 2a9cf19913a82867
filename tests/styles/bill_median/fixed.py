"""Upper estimate of a monthly heating bill: a network trained with the pinball loss."""
import argparse

import keras
import numpy as np
from keras import layers, ops


def bills(n, seed):
    rng = np.random.default_rng(seed)
    area = rng.uniform(35, 180, n)
    cold = rng.uniform(-10, 15, n)
    age = rng.integers(0, 90, n)
    people = rng.integers(1, 6, n)
    heat = area * (18 - cold) * (0.5 + age / 90) / 1000
    bill = 0.8 * heat + 0.15 * people + rng.gamma(2.0, 0.06, n)
    return np.stack([area, cold, age, people], 1).astype("float32"), bill.astype("float32")


class Pinball(keras.losses.Loss):
    """Mean of q * e where the bill is above the estimate, (q - 1) * e where it is below."""

    def __init__(self, q, name="pinball"):
        super().__init__(name=name)
        self.q = q

    def call(self, y_true, y_pred):
        y_true = ops.reshape(ops.cast(y_true, y_pred.dtype), (-1,))
        error = y_true - ops.reshape(y_pred, (-1,))
        return ops.mean(ops.maximum(self.q * error, (self.q - 1.0) * error), axis=-1)


def estimator(x, units):
    scale = layers.Normalization()
    scale.adapt(x)
    return keras.Sequential(
        [
            keras.Input((x.shape[1],)),
            scale,
            layers.Dense(units, activation="relu"),
            layers.Dense(units, activation="relu"),
            layers.Dense(1),
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quantile", type=float, default=0.7)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()
    keras.utils.set_random_seed(19)

    x, y = bills(args.rows, 1)
    x_test, y_test = bills(800, 2)
    model = estimator(x, args.units)
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=Pinball(args.quantile),
        metrics=["mae"],
    )
    model.fit(x, y, validation_data=(x_test, y_test), epochs=args.epochs, batch_size=64, verbose=2)

    estimate = model.predict(x_test, verbose=0)[:, 0]
    print(f"bills from {y_test.min():.2f} to {y_test.max():.2f}, spread {y_test.std():.3f}")
    print(f"estimates from {estimate.min():.2f} to {estimate.max():.2f}, spread {estimate.std():.3f}")
    print(f"share of bills below the estimate: {(y_test < estimate).mean():.3f}")
    print(f"correlation: {np.corrcoef(y_test, estimate)[0, 1]:.3f}")


if __name__ == "__main__":
    main()
