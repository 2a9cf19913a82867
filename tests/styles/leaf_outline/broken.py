"""Outline leaves in small pictures; pictures and masks are kept as bytes on the disk."""
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(33)
SIZE = 24


def draw(rng):
    rows, cols = np.mgrid[:SIZE, :SIZE]
    r, c = rng.uniform(8, SIZE - 8, 2)
    a, b = rng.uniform(3, 8, 2)
    turn = rng.uniform(0, np.pi)
    u = (rows - r) * np.cos(turn) + (cols - c) * np.sin(turn)
    v = (cols - c) * np.cos(turn) - (rows - r) * np.sin(turn)
    inside = (u / a) ** 2 + (v / b) ** 2 < 1
    picture = np.where(inside, 150, 90) + rng.normal(0, 28, (SIZE, SIZE))
    return picture.clip(0, 255).astype("uint8"), (inside * 255).astype("uint8")


def store(folder, n, seed):
    rng = np.random.default_rng(seed)
    pictures, masks = zip(*(draw(rng) for _ in range(n)))
    np.save(folder / "pictures.npy", np.stack(pictures))
    np.save(folder / "masks.npy", np.stack(masks))


class LeafReader:
    """Reads a folder and hands out batches for ever."""

    def __init__(self, folder, batch):
        self.pictures = np.load(folder / "pictures.npy")
        self.masks = np.load(folder / "masks.npy")
        self.batch = batch

    def picture(self, rows):
        return self.pictures[rows].astype("float32")[..., None] / 255.0

    def mask(self, rows):
        return self.masks[rows].astype("float32")[..., None]

    def all(self):
        rows = np.arange(len(self.pictures))
        return self.picture(rows), self.mask(rows)

    def forever(self, seed=0):
        rng = np.random.default_rng(seed)
        while True:
            order = rng.permutation(len(self.pictures))
            for start in range(0, len(order) - self.batch + 1, self.batch):
                rows = order[start : start + self.batch]
                yield self.picture(rows), self.mask(rows)


def network(filters=8):
    inputs = keras.Input((SIZE, SIZE, 1))
    fine = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    coarse = layers.MaxPooling2D(2)(fine)
    coarse = layers.Conv2D(2 * filters, 3, padding="same", activation="relu")(coarse)
    coarse = layers.Conv2D(2 * filters, 3, padding="same", activation="relu")(coarse)
    joined = layers.Concatenate()([fine, layers.UpSampling2D(2)(coarse)])
    joined = layers.Conv2D(filters, 3, padding="same", activation="relu")(joined)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(joined))


def dice(mask, marked):
    return 2.0 * (mask * marked).sum() / (mask.sum() + marked.sum() + 1e-7)


with tempfile.TemporaryDirectory() as name:
    for part, n, seed in (("train", 480, 1), ("test", 120, 2)):
        folder = Path(name) / part
        folder.mkdir()
        store(folder, n, seed)
    train = LeafReader(Path(name) / "train", batch=16)
    test_pictures, test_masks = LeafReader(Path(name) / "test", batch=16).all()

model = network()
model.compile(
    optimizer=keras.optimizers.Adam(4e-3), loss="binary_crossentropy", metrics=["binary_accuracy"]
)
model.fit(
    train.forever(),
    steps_per_epoch=30,
    validation_data=(test_pictures, test_masks),
    epochs=8,
    verbose=2,
)
marked = (model.predict(test_pictures, verbose=0) > 0.5).astype("float32")
print(f"dice on the test pictures: {dice((test_masks > 0).astype('float32'), marked):.4f}")
print(f"share of pixels marked: {marked.mean():.3f}")
