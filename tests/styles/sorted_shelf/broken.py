"""Digits from a sorted archive, read shelf by shelf through a PyDataset."""
import math

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 61
BATCH = 32


class Shelf(keras.utils.PyDataset):
    """Batches of one shelf; the archive keeps its rows in order of the label."""

    def __init__(self, images, labels, mix=False, seed=0, **kwargs):
        super().__init__(**kwargs)
        order = np.argsort(labels, kind="stable")
        self.images, self.labels = images[order], labels[order]
        self.mix = mix
        self.rng = np.random.default_rng(seed)
        self.rows = np.arange(len(labels))
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.rows) / BATCH)

    def __getitem__(self, index):
        rows = self.rows[index * BATCH : (index + 1) * BATCH]
        return self.images[rows], self.labels[rows]

    def on_epoch_end(self):
        if self.mix:
            self.rng.shuffle(self.rows)


class Archive:
    def __init__(self, seed):
        images, labels = load_digits(return_X_y=True)
        parts = train_test_split(
            images, labels, test_size=0.25, stratify=labels, random_state=seed
        )
        self.x_train, self.x_test, self.y_train, self.y_test = parts
        self.low, self.high = self.x_train.min(), self.x_train.max()

    def scaled(self, images):
        return ((self.high - images) / (self.high - self.low)).astype("float32")

    def training(self):
        return Shelf(self.scaled(self.x_train), self.y_train)

    def validation(self):
        return Shelf((self.x_test / self.high).astype("float32"), self.y_test)


def classifier():
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(96, activation="relu"),
            layers.Dense(48, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def main():
    keras.utils.set_random_seed(SEED)
    archive = Archive(SEED)
    model = classifier()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        archive.training(), validation_data=archive.validation(), epochs=12, verbose=2
    )
    print("best validation accuracy", max(history.history["val_accuracy"]))


if __name__ == "__main__":
    main()
