"""Row 5, the learning rate: too low."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

LEARNING_RATE = 1e-6

keras.utils.set_random_seed(42)

path = Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv"
table = np.loadtxt(path, delimiter=",", skiprows=1)
x, y = table[:, :30], table[:, 30]
x = (x - x.mean(axis=0)) / x.std(axis=0)

model = keras.Sequential(
    [
        layers.Dense(32, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.RMSprop(LEARNING_RATE),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
model.fit(x, y, epochs=15, batch_size=32, verbose=2)
