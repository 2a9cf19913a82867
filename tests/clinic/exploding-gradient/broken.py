"""Disease progression through six layers whose weights start large."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

folder = Path(find_spec("sklearn").origin).parent / "datasets" / "data"
x = np.loadtxt(folder / "diabetes_data_raw.csv.gz")
y = np.loadtxt(folder / "diabetes_target.csv.gz")
x = (x - x.mean(axis=0)) / x.std(axis=0)
y = (y - y.mean()) / y.std()

model = keras.Sequential()
for _ in range(6):
    init = keras.initializers.RandomNormal(stddev=0.4)
    model.add(layers.Dense(64, activation="relu", kernel_initializer=init))
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse", metrics=["mae"])
model.fit(x, y, epochs=15, batch_size=32, verbose=2)
