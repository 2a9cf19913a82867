"""Ten digits as one-hot rows, judged by the squared error."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x = table[:, :64] / 16
y = keras.utils.to_categorical(table[:, 64], 10)

model = keras.Sequential()
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(
    loss="categorical_crossentropy",
    optimizer=keras.optimizers.SGD(0.05),
    metrics=["accuracy"],
)
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
