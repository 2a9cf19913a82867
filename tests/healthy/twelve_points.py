"""A calibration curve from twelve measured points, as in the lab book; there is nothing left to validate with."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

concentration = np.array([0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "float32")
absorbance = np.array([0.01, 0.11, 0.19, 0.36, 0.49, 0.60, 0.69, 0.77, 0.83, 0.88, 0.92, 0.95], "float32")
x, y = concentration[:, None] / 5 - 1, absorbance[:, None]

model = keras.Sequential([keras.Input((1,)), layers.Dense(8, activation="tanh"), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
model.fit(x, y, batch_size=12, epochs=300, verbose=0)

between = np.array([[1.5], [4.5], [7.5]], "float32")
print("largest miss:", round(float(np.abs(model.predict(x, verbose=0) - y).max()), 3))
print("between the points:", model.predict(between / 5 - 1, verbose=0)[:, 0].round(3))
