"""Three cultivars of wine, numbered 1 to 3 as in the original file."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "wine_data.csv",
    delimiter=",",
    skiprows=1,
)
x = (table[:, :13] - table[:, :13].mean(axis=0)) / table[:, :13].std(axis=0)
y = table[:, 13].astype("int32")

model = keras.Sequential()
model.add(layers.Input((13,)))
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(3, activation="softmax"))
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=12, batch_size=16, verbose=2)
