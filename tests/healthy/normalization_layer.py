"""Disease progression: a Normalization layer adapted on the rows, raw inputs behind it."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_diabetes

keras.utils.set_random_seed(0)

x, y = load_diabetes(return_X_y=True, scaled=False)
x, y = x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")

normalise = layers.Normalization(axis=-1)
normalise.adapt(x)

inputs = keras.Input(shape=(10,))
h = normalise(inputs)
h = layers.Dense(16, activation="gelu")(h)
outputs = layers.Dense(1)(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mean_squared_error", metrics=["mae"])
model.fit(x, y, epochs=15, batch_size=32, validation_split=0.2, verbose=2)
