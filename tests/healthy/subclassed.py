"""A subclassed network with a residual path and dropout."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers


class Residual(keras.Model):
    def __init__(self, width=48, classes=10):
        super().__init__()
        self.into = layers.Dense(width, activation="swish")
        self.inner = layers.Dense(width, activation="swish")
        self.drop = layers.Dropout(0.1)
        self.out = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        h = self.into(x)
        h = h + self.drop(self.inner(h), training=training)
        return self.out(h)


def main():
    keras.utils.set_random_seed(0)
    table = np.loadtxt(
        Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
    )
    model = Residual()
    model.compile(
        optimizer=keras.optimizers.AdamW(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(table[:, :64] / 16, table[:, 64], epochs=8, batch_size=32, verbose=2)


if __name__ == "__main__":
    main()
