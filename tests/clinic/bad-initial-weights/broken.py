"""Ten digits; every layer draws its weights from a narrow normal distribution."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

SPREAD = 1e-4

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, table[:, 64]


def dense(units, activation):
    start = keras.initializers.RandomNormal(stddev=SPREAD)
    return layers.Dense(units, activation=activation, kernel_initializer=start)


model = keras.Sequential([dense(64, "relu"), dense(64, "relu"), dense(32, "relu"), dense(10, "softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=6, batch_size=32, verbose=2)
