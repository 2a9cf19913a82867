import math

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(11)


class DigitSequence(keras.utils.PyDataset):
    """Batches of digit images, read in the order in which they lie on disk (one folder per digit)."""

    def __init__(self, images, labels, batch_size=64, augment=False, **kwargs):
        super().__init__(**kwargs)
        self.images = images
        self.labels = labels
        self.batch_size = batch_size
        self.augment = augment
        self.shuffle = False
        self.index = np.arange(len(images))
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.images) / self.batch_size)

    def __getitem__(self, i):
        rows = self.index[i * self.batch_size:(i + 1) * self.batch_size]
        x = self.images[rows].astype("float32") / 16.0
        if self.augment:
            x = x + np.random.normal(0, 0.02, x.shape).astype("float32")
        return x[..., None], self.labels[rows]

    def on_epoch_end(self):
        if self.shuffle:
            np.random.shuffle(self.index)


def folders(images, labels):
    """The rows as a directory listing gives them: 0/, 1/, 2/, ..."""
    order = np.concatenate([np.flatnonzero(labels == k) for k in range(10)])
    return images[order], labels[order]


digits = load_digits()
pick = np.random.default_rng(0).permutation(len(digits.images))
train_rows, val_rows = pick[:1400], pick[1400:]
train = DigitSequence(*folders(digits.images[train_rows], digits.target[train_rows]), augment=True)
val = DigitSequence(*folders(digits.images[val_rows], digits.target[val_rows]))

model = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(64, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(keras.optimizers.Adam(5e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=3)
print(dict(zip(model.metrics_names, model.evaluate(val, verbose=0))))
