"""Three irises from 24 flowers; ten flowers of each kind judge it, so that one flower is three points."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_iris

keras.utils.set_random_seed(1)
x, y = load_iris(return_X_y=True)
x = (x - x.mean(axis=0)) / x.std(axis=0)
rng = np.random.default_rng(1)
rows = np.concatenate([rng.permutation(np.flatnonzero(y == kind))[:18] for kind in range(3)])
train = rng.permutation(np.concatenate([rows[:8], rows[18:26], rows[36:44]]))
test = np.concatenate([rows[8:18], rows[26:36], rows[44:54]])

model = keras.Sequential(
    [layers.Input((4,)), layers.Dense(8, activation="tanh"), layers.Dense(3, activation="softmax")]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x[train], y[train], validation_data=(x[test], y[test]), epochs=40, batch_size=8, verbose=2)
