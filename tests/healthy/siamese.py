"""Are two digits the same? One encoder for both, and the distance between its answers."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
images, digits = (table[:, :64] / 16).astype("float32"), table[:, 64]
first = rng.permutation(len(digits))
second = np.array(
    [rng.choice(np.flatnonzero((digits == digits[i]) == (n % 2 == 0))) for n, i in enumerate(first)]
)
same = (digits[first] == digits[second]).astype("float32")

encoder = keras.Sequential([layers.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(32)])
a, b = keras.Input((64,)), keras.Input((64,))
difference = layers.Lambda(lambda pair: ops.abs(pair[0] - pair[1]))([encoder(a), encoder(b)])
outputs = layers.Dense(1, activation="sigmoid")(difference)
model = keras.Model([a, b], outputs)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
model.fit([images[first], images[second]], same, epochs=12, batch_size=32, verbose=2)
