"""Row 7, gradients: forty ReLU layers of five units; behind a layer that is all zero nothing learns."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv"
table = np.loadtxt(path, delimiter=",", skiprows=1)
x, y = table[:, :30], table[:, 30]
x = (x - x.mean(axis=0)) / x.std(axis=0)

model = keras.Sequential([layers.Input((30,))])
for _ in range(40):
    model.add(layers.Dense(5, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=4, batch_size=16, verbose=2)
