"""Breast cancer with early stopping and a falling learning rate."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import callbacks, layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv",
    delimiter=",",
    skiprows=1,
)
table = table[np.random.default_rng(0).permutation(len(table))]
x, y = table[:, :30], table[:, 30]
x = (x - x[:400].mean(0)) / x[:400].std(0)

model = keras.Sequential(
    [
        layers.Dense(16, activation="relu", kernel_regularizer="l2"),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(
    x[:400],
    y[:400],
    epochs=40,
    batch_size=16,
    validation_data=(x[400:], y[400:]),
    callbacks=[
        callbacks.EarlyStopping(patience=4, restore_best_weights=True),
        callbacks.ReduceLROnPlateau(patience=2),
    ],
    verbose=2,
)
