"""Time of delivery: the 10 %, 50 % and 90 % quantile at once, with a pinball loss of one's own."""

import argparse

import keras
import numpy as np
from keras import layers, ops


def pinball(quantiles):
    q = ops.convert_to_tensor(quantiles, dtype="float32")

    def loss(y_true, y_pred):
        error = y_true - y_pred
        return ops.mean(ops.maximum(q * error, (q - 1) * error), axis=-1)

    return loss


def deliveries(n, rng):
    distance, rain = rng.uniform(0.5, 10, n), rng.integers(0, 2, n)
    minutes = 8 + 3 * distance + rng.gamma(2.0, 1.0 + 0.6 * distance * (1 + rain))
    return np.stack([distance / 10, rain], axis=1).astype("float32"), minutes.astype("float32")[:, None] / 10


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--quantiles", type=float, nargs="+", default=[0.1, 0.5, 0.9])
    options = parser.parse_args()

    keras.utils.set_random_seed(44)
    rng = np.random.default_rng(44)
    x, y = deliveries(2500, rng)
    x_test, y_test = deliveries(2000, rng)
    model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(len(options.quantiles))])
    model.compile(keras.optimizers.Adam(options.rate), loss=pinball(options.quantiles))
    model.fit(x, y, epochs=options.epochs, batch_size=50, validation_data=(x_test, y_test), verbose=2)
    below = (y_test <= model.predict(x_test, verbose=0)).mean(axis=0)
    print("share below each quantile:", dict(zip(options.quantiles, below.round(3).tolist())))


if __name__ == "__main__":
    main()
