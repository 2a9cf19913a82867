"""Eight steps in one call of the compiled function."""
# needs: jax tensorflow

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, table[:, 64]

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    steps_per_execution=8,
)
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
