"""Disease progression with the Huber loss, a functional model and a residual path."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

folder = Path(find_spec("sklearn").origin).parent / "datasets" / "data"
x = np.loadtxt(folder / "diabetes_data_raw.csv.gz")
y = np.loadtxt(folder / "diabetes_target.csv.gz")
x = (x - x.mean(axis=0)) / x.std(axis=0)
y = (y - y.mean()) / y.std()

inputs = keras.Input((10,))
deep = layers.Dense(1)(layers.Dense(16, activation="elu")(inputs))
wide = layers.Dense(1)(inputs)
model = keras.Model(inputs, layers.add([deep, wide]))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.Huber(), metrics=["mae", "mse"])
model.fit(x, y, epochs=15, batch_size=32, verbose=2)
