"""Ten digits; the learning rate is lowered a little in every epoch."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, table[:, 64].astype("int32")

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
annealing = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
model.fit(x, y, epochs=12, batch_size=32, callbacks=[annealing], verbose=2)
