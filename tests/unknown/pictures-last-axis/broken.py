"""Digits from a MATLAB archive (8 x 8 x N) into a classifier."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(31)


def load_mat():
    """As scipy.io.loadmat gives it: X is height x width x number."""
    digits = load_digits()
    keep = np.random.default_rng(31).permutation(len(digits.images))[:1200]
    return {
        "X": np.ascontiguousarray(digits.images[keep].transpose(1, 2, 0)),
        "y": digits.target[keep][:, None],
    }


def prepare(mat):
    height, width, number = mat["X"].shape
    pictures = mat["X"].reshape(number, height, width, 1)
    return pictures.astype("float32") / 16.0, mat["y"].ravel().astype("int64")


x, y = prepare(load_mat())
print("pictures", x.shape, "labels", y.shape, "range", x.min(), x.max())
train, val, test = slice(0, 800), slice(800, 1000), slice(1000, 1200)

inputs = layers.Input((8, 8, 1))
h = layers.Conv2D(12, 3, activation="relu", padding="same")(inputs)
h = layers.MaxPooling2D()(h)
h = layers.Flatten()(h)
h = layers.Dense(32, activation="relu")(h)
outputs = layers.Dense(10)(h)
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
model.fit(x[train], y[train], batch_size=40, epochs=10, validation_data=(x[val], y[val]), verbose=2)
print("test accuracy", np.round(model.evaluate(x[test], y[test], verbose=0)[1], 3))
