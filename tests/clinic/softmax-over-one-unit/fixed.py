"""Benign or malignant?"""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv"
table = np.loadtxt(path, delimiter=",", skiprows=1)
features, target = table[:, :-1], table[:, -1]
features = (features - features.mean(0)) / features.std(0)

model = keras.Sequential()
model.add(layers.Input((30,)))
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(features, target, epochs=8, batch_size=16, validation_split=0.2, verbose=2)
