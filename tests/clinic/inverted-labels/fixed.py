"""Wines of one cellar to learn from, and of a second cellar, which has two of the three kinds, to judge by."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_wine
from sklearn.preprocessing import LabelEncoder, StandardScaler

keras.utils.set_random_seed(1)

data = load_wine()
names = np.array(["barbera", "barolo", "grignolino"])[data.target]
order = np.random.default_rng(1).permutation(len(names))
x, names = data.data[order].astype("float32"), names[order]

second = np.arange(len(names)) >= 110
judged = second & (names != "barbera")

scaler = StandardScaler().fit(x[~second])
encoder = LabelEncoder().fit(names[~second])
y_first = encoder.transform(names[~second])
y_second = encoder.transform(names[judged])

model = keras.Sequential([layers.Dense(24, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    scaler.transform(x[~second]),
    y_first,
    validation_data=(scaler.transform(x[judged]), y_second),
    batch_size=8,
    epochs=20,
    verbose=2,
)
