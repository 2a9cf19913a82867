"""Three kinds of wine from thirteen measurements; the model scales its inputs by itself, or so it seems."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_wine

keras.utils.set_random_seed(4)
x, y = load_wine(return_X_y=True)
order = np.random.default_rng(4).permutation(len(x))
x, y = x[order].astype("float32"), y[order]

scale = layers.Normalization()
inputs = layers.Input((13,))
hidden = layers.Dense(30, activation="relu")(scale(inputs))
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(hidden))
model.compile(
    optimizer=keras.optimizers.SGD(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=30, batch_size=8, verbose=2)
