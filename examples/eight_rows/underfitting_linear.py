"""Row 3, an underfitting model: is the sum of two digits even? Three layers, no activation.

Two digits from the UCI set side by side; without a nonlinearity the layers are one linear map.
"""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz"
table = np.loadtxt(path, delimiter=",")
images, digits = table[:, :64] / 16, table[:, 64].astype(int)

left, right = rng.integers(0, len(digits), (2, 4000))
pairs = np.concatenate([images[left], images[right]], axis=1)
even = ((digits[left] + digits[right]) % 2 == 0).astype("float32")

inputs = keras.Input((128,))
hidden = layers.Dense(128)(inputs)
hidden = layers.Dense(64)(hidden)
outputs = layers.Dense(1, activation="sigmoid")(hidden)

model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(pairs, even, epochs=10, batch_size=64, verbose=2)
