"""Ten digits, integer labels."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers


def load_digits():
    path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz"
    table = np.loadtxt(path, delimiter=",")
    return table[:, :-1].astype("float32") / 16, table[:, -1].astype("int64")


def build():
    return keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(10, activation="softmax")])


if __name__ == "__main__":
    keras.utils.set_random_seed(5)
    x, y = load_digits()
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    model.fit(x, y, epochs=6, batch_size=32, verbose=2)
