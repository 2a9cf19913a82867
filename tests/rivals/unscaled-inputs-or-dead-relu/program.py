"""Benign or malignant, from the measurements as they stand in the file."""

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer

keras.utils.set_random_seed(2)

x, y = load_breast_cancer(return_X_y=True)

model = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=10, batch_size=16, verbose=2)
