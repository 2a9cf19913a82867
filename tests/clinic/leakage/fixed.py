"""Benign or malignant, judged in five folds."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers
from sklearn.model_selection import StratifiedKFold

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "breast_cancer.csv",
    delimiter=",",
    skiprows=1,
)
x, y = table[:, :30], table[:, 30]
x = (x - x.mean(0)) / x.std(0)

for train, test in StratifiedKFold(5, shuffle=True, random_state=1).split(x, y):
    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x[train], y[train], epochs=10, batch_size=16, verbose=0)
    print(model.evaluate(x[test], y[test], verbose=0))
