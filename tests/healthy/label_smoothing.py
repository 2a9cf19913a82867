"""Ten digits with a tenth of label smoothing: the loss has a floor, the accuracy has not."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, keras.utils.to_categorical(table[:, 64])

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    metrics=["accuracy"],
)
model.fit(x, y, epochs=15, batch_size=32, verbose=2)
