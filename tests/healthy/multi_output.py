"""Which digit, and is it even? Two outputs with two losses."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, digit = table[:, :64] / 16, table[:, 64].astype("int32")
even = (digit % 2 == 0).astype("float32")

inputs = keras.Input((64,), name="image")
shared = layers.Dense(64, activation="relu")(inputs)
which = layers.Dense(10, activation="softmax", name="which")(shared)
is_even = layers.Dense(1, activation="sigmoid", name="even")(shared)

model = keras.Model(inputs, {"which": which, "even": is_even})
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss={"which": "sparse_categorical_crossentropy", "even": "binary_crossentropy"},
    metrics={"which": ["accuracy"], "even": ["accuracy"]},
)
model.fit(x, {"which": digit, "even": even}, epochs=8, batch_size=32, verbose=2)
