"""Three vineyards told apart by the chemistry of their wine; every part is standardised on its way in."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "wine_data.csv",
    delimiter=",",
    skiprows=1,
)
x_train, x_test, y_train, y_test = train_test_split(
    table[:, :13], table[:, 13], test_size=0.3, random_state=3
)


def standardised(part):
    return StandardScaler().fit_transform(part)


model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(
    standardised(x_train),
    y_train,
    epochs=15,
    batch_size=16,
    validation_data=(standardised(x_test), y_test),
    verbose=2,
)
