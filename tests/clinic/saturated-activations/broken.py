"""Ten digits through tanh layers whose weights start far too large."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, table[:, 64]


def hidden(units):
    return layers.Dense(
        units, activation="tanh", kernel_initializer=keras.initializers.RandomNormal(stddev=8)
    )


model = keras.Sequential([hidden(32) for _ in range(7)])
model.add(layers.Dense(10, activation="softmax"))
model.compile(
    optimizer=keras.optimizers.SGD(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
