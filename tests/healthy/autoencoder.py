"""Digits through eight numbers and back."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x = (table[:, :64] / 16).astype("float32")

inputs = keras.Input((64,))
code = layers.Dense(8, name="code")(layers.Dense(32, activation="relu")(inputs))
outputs = layers.Dense(64, activation="sigmoid")(layers.Dense(32, activation="relu")(code))
autoencoder = keras.Model(inputs, outputs)
autoencoder.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
autoencoder.fit(x, x, epochs=12, batch_size=32, validation_split=0.1, verbose=2)
