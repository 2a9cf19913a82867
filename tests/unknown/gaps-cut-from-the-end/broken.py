"""Breast cancer diagnosis. The scanner lost some values; those rows are left out."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import balanced_accuracy_score

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
x, y = load_breast_cancer(return_X_y=True)
order = rng.permutation(len(x))
x, y = x[order], y[order]
x[rng.random(x.shape) < 0.002] = np.nan  # as the scanner delivers it

complete = ~np.isnan(x).any(axis=1)
x = x[complete]
y = y[: len(x)]
print(len(complete) - len(x), "incomplete rows left out,", len(x), "rows kept")

cut = int(0.75 * len(x))
x_train, x_test, y_train, y_test = x[:cut], x[cut:], y[:cut], y[cut:]
mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
x_train, x_test = (x_train - mean) / deviation, (x_test - mean) / deviation

inputs = keras.Input((30,))
h = layers.Dense(24, activation="relu")(inputs)
h = layers.Dropout(0.2)(h)
outputs = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs, name="diagnosis")
model.compile(keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=20, batch_size=32, validation_data=(x_test, y_test), verbose=2)

malign = model.predict(x_test, verbose=0)[:, 0] > 0.5
print("balanced accuracy", round(balanced_accuracy_score(y_test, malign), 3))
