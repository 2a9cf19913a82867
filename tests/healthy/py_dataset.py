"""Ten digits from a PyDataset."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers


class Digits(keras.utils.PyDataset):
    def __init__(self, rows, size, **kwargs):
        super().__init__(**kwargs)
        self.rows, self.size = rows, size

    def __len__(self):
        return len(self.rows) // self.size

    def __getitem__(self, index):
        part = self.rows[index * self.size : (index + 1) * self.size]
        return part[:, :64] / 16, part[:, 64].astype("int32")

    def on_epoch_end(self):
        np.random.default_rng(0).shuffle(self.rows)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    table = np.loadtxt(
        Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
    )
    np.random.default_rng(1).shuffle(table)
    model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
    model.compile(
        optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(Digits(table[:1500], 32), validation_data=Digits(table[1500:], 32), epochs=8, verbose=2)
