"""Five yes/no questions on one handwritten digit."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(11)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz"
table = np.loadtxt(path, delimiter=",")
images, digits = table[:, :64] / 16, table[:, 64].astype(int)

# what is true of a digit: even, above four, prime, has a hole, divisible by three
facts = np.stack(
    [
        digits % 2 == 0,
        digits > 4,
        np.isin(digits, [2, 3, 5, 7]),
        np.isin(digits, [0, 6, 8, 9]),
        digits % 3 == 0,
    ],
    axis=1,
).astype("float32")

inputs = keras.Input(shape=(64,))
hidden = layers.Dense(64, activation="relu")(inputs)
outputs = layers.Dense(5, activation="sigmoid")(hidden)
model = keras.Model(inputs, outputs)

model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(images, facts, epochs=10, batch_size=32, verbose=2)
