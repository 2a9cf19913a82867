"""Ten digits, filed by class, read in the order of the file."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)

x, y = load_digits(return_X_y=True)
order = np.argsort(y, kind="stable")
x, y = x[order] / 16, y[order]

model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=5, batch_size=32, shuffle=False, verbose=2)
