"""What was learned from many digits is to serve a question with few rows: is the digit odd?"""

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
many, few, held = slice(0, 1000), slice(1000, 1300), slice(1300, None)

base = keras.Sequential(
    [layers.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(12, activation="tanh")]
)
digits = keras.Sequential([base, layers.Dense(10, activation="softmax")])
digits.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"])
digits.fit(x[many], y[many], epochs=25, batch_size=32, verbose=0)

frozen = keras.models.clone_model(base)
frozen.trainable = False
odd = keras.Sequential([frozen, layers.Dense(1, activation="sigmoid")])
odd.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
odd.fit(x[few], y[few] % 2, epochs=40, batch_size=16, validation_data=(x[held], y[held] % 2), verbose=2)
