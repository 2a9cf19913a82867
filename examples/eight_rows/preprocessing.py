"""Row 2, preprocessing: wine as it was measured, and cultivars numbered 10, 20 and 30.

No column is scaled (one is near 1,000, another near .4) and the labels are numbers, not classes.
"""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "wine_data.csv"
table = np.loadtxt(path, delimiter=",", skiprows=1)
features = table[:, :13]
cultivar = 10 * (table[:, 13] + 1)

model = keras.Sequential()
model.add(layers.Input((13,)))
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(1))
model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
model.fit(features, cultivar, epochs=30, batch_size=16, verbose=2)
