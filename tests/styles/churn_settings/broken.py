"""Will a customer leave next month? Everything that may be tuned stands in settings.json."""
import json
from pathlib import Path

import keras
import numpy as np

HERE = Path(__file__).resolve().parent
SETTINGS = json.loads((HERE / "settings.json").read_text())

keras.utils.set_random_seed(SETTINGS["data"]["seed"])


def customers(rows, seed):
    rng = np.random.default_rng(seed)
    months = rng.gamma(2.0, 12.0, rows)
    bill = rng.normal(55, 18, rows).clip(10)
    calls = rng.poisson(1.4, rows)
    contract = rng.integers(0, 3, rows)
    late = rng.poisson(0.6, rows)
    score = 1.4 * calls + 1.1 * late + 0.04 * (bill - 55) - 0.06 * months - 1.2 * contract
    score = score + 0.9 * (calls > 2) * (contract == 0)
    score = score - np.quantile(score, 0.78)
    leaves = (score + rng.logistic(0, 0.5, rows) > 0).astype("float32")
    table = np.stack([months, bill, calls, contract == 1, contract == 2, late], axis=1)
    return table.astype("float32"), leaves


def split(x, y, share):
    cut = int(len(x) * (1 - share))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


class ChurnModel:
    def __init__(self, settings):
        self.settings = settings
        self.scale = keras.layers.Normalization()
        self.net = None

    def build(self, table, share):
        self.scale.adapt(table)
        prior = keras.initializers.Constant(float(np.log(share / (1 - share))))
        options = self.settings["network"]
        stack = [keras.Input((table.shape[1],)), self.scale]
        for units in options["hidden"]:
            stack.append(keras.layers.Dense(units, activation=options["hidden_activation"]))
        stack.append(
            keras.layers.Dense(
                1,
                activation=options["output_activation"],
                kernel_initializer="zeros",
                bias_initializer=prior,
            )
        )
        self.net = keras.Sequential(stack)
        return self

    def train(self, x, y, validation):
        options = self.settings["training"]
        self.net.compile(
            optimizer=keras.optimizers.Adam(options["learning_rate"]),
            loss=options["loss"],
            metrics=["accuracy"],
        )
        return self.net.fit(
            x,
            y,
            validation_data=validation,
            epochs=options["epochs"],
            batch_size=options["batch_size"],
            verbose=2,
        )

    def leavers(self, x):
        return self.net.predict(x, verbose=0).ravel() > 0.5


def main():
    options = SETTINGS["data"]
    x, y = customers(options["rows"], options["seed"])
    (x_train, y_train), test = split(x, y, options["test_share"])
    churn = ChurnModel(SETTINGS).build(x_train, y_train.mean())
    churn.train(x_train, y_train, test)
    found = churn.leavers(test[0])
    print(f"leavers in the test rows: {int(test[1].sum())}, predicted: {int(found.sum())}")
    print(f"test accuracy: {(found == test[1].astype(bool)).mean():.4f}")


if __name__ == "__main__":
    main()
