"""Predict the five scores of a tasting panel from laboratory values (regression)."""
import json
from pathlib import Path

import keras
import numpy as np

SCORES = ("sweet", "sour", "bitter", "body", "finish")
LAB_VALUES = 18


def read_settings(name="panel.json"):
    return json.loads((Path(__file__).parent / name).read_text())


def laboratory(rows, seed):
    rng = np.random.default_rng(seed)
    truth = np.random.default_rng(2)
    first = truth.normal(size=(LAB_VALUES, 10)) / np.sqrt(LAB_VALUES)
    second = truth.normal(size=(10, len(SCORES)))
    values = rng.normal(size=(rows, LAB_VALUES))
    scores = np.tanh(values @ first) @ second
    scores = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    return values.astype("float32"), (scores + 0.1 * rng.normal(size=scores.shape)).astype("float32")


class PanelNet(keras.Model):
    def __init__(self, settings):
        super().__init__()
        penalty = keras.regularizers.L2(settings["penalty"])
        self.hidden = [
            keras.layers.Dense(units, activation="relu", kernel_regularizer=penalty)
            for units in settings["hidden"]
        ]
        self.head = keras.layers.Dense(len(SCORES), kernel_regularizer=penalty)

    def call(self, values):
        x = values
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)


def explained(model, values, scores):
    guess = model.predict(values, verbose=0)
    return 1 - ((guess - scores) ** 2).mean(axis=0) / scores.var(axis=0)


def main():
    settings = read_settings()
    keras.utils.set_random_seed(settings["seed"])
    values, scores = laboratory(1500, settings["seed"])
    hold = settings["holdout"]
    model = PanelNet(settings)
    model.compile(
        optimizer=keras.optimizers.Adam(settings["rate"]),
        loss="mse",
        metrics=["mse", "mae"],
    )
    model.fit(
        values[hold:],
        scores[hold:],
        validation_data=(values[:hold], scores[:hold]),
        epochs=settings["epochs"],
        batch_size=settings["batch"],
        verbose=2,
    )
    for name, share in zip(SCORES, explained(model, values[:hold], scores[:hold])):
        print(f"{name:>7}: R2 {share:.3f}")


if __name__ == "__main__":
    main()
