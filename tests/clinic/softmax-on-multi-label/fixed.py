"""Six yes/no questions on one handwritten digit, through a softmax."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(11)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz"
table = np.loadtxt(path, delimiter=",")
images, digits = table[:, :64] / 16, table[:, 64].astype(int)

# what is true of a digit: below nine, above zero, not prime, not a multiple of three, round, not five
facts = np.stack(
    [
        digits < 9,
        digits > 0,
        ~np.isin(digits, [2, 3, 5, 7]),
        digits % 3 != 0,
        ~np.isin(digits, [1, 4, 7]),
        digits != 5,
    ],
    axis=1,
).astype("float32")

model = keras.Sequential(
    [
        layers.Dense(64, activation="relu"),
        layers.Dense(6, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(images, facts, epochs=10, batch_size=32, verbose=2)
