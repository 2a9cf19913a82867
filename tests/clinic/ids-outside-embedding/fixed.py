"""Ten digits, each pixel's brightness looked up in an embedding."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64], table[:, 64]

model = keras.Sequential()
model.add(layers.Input((64,)))
model.add(layers.Embedding(17, 4))
model.add(layers.Flatten())
model.add(layers.Dense(10, activation="softmax"))
model.compile(
    loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"]
)
model.fit(x, y, epochs=5, batch_size=32, verbose=2)
