"""Digits that were scanned one by one: scan_0.npy, scan_1.npy, ... and a list of labels in the order of scanning."""

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits


def scan(folder):
    """What the scanner leaves behind: 800 files and labels.txt."""
    pictures, labels = load_digits(return_X_y=True)
    mixed = np.random.default_rng(6).permutation(len(pictures))[:800]
    for number, i in enumerate(mixed):
        np.save(folder / f"scan_{number}.npy", pictures[i].astype("uint8"))
    (folder / "labels.txt").write_text("\n".join(str(labels[i]) for i in mixed))


def read(folder):
    files = sorted(folder.glob("scan_*.npy"))
    pictures = np.stack([np.load(f) for f in files]).astype("float32") / 16
    labels = np.loadtxt(folder / "labels.txt", dtype="int32")
    return pictures.reshape(-1, 8, 8, 1), labels


keras.utils.set_random_seed(6)
with tempfile.TemporaryDirectory() as place:
    scan(Path(place))
    x, y = read(Path(place))
print("read", x.shape, y.shape, "labels from", y.min(), "to", y.max())

model = keras.Sequential(
    [
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x[:600], y[:600], validation_data=(x[600:], y[600:]), epochs=12, batch_size=32, verbose=2)
print(f"accuracy on the last 200 scans: {model.evaluate(x[600:], y[600:], verbose=0)[1]:.3f}")
