"""Three folds of breast cancer, a new model for each."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv",
    delimiter=",",
    skiprows=1,
)
table = table[np.random.default_rng(0).permutation(len(table))]
x, y = table[:, :30], table[:, 30]


def build():
    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
    return model


scores = []
for fold in range(3):
    held = np.arange(len(x)) % 3 == fold
    mean, std = x[~held].mean(0), x[~held].std(0)
    train, test = (x[~held] - mean) / std, (x[held] - mean) / std
    model = build()
    history = model.fit(train, y[~held], epochs=8, batch_size=16, validation_data=(test, y[held]), verbose=0)
    scores.append(history.history["val_accuracy"][-1])
print("accuracy", np.mean(scores))
