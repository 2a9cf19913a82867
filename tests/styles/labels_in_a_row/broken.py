"""Wines by their chemistry; someone put the labels into a row to count them."""

import keras
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(4)

wines = load_wine()
mixed = np.random.default_rng(4).permutation(len(wines.data))
table, numbers = wines.data[mixed], wines.target[mixed]
numbers.sort()
print("smallest and largest label:", numbers[0], numbers[-1])

x_train, x_test, y_train, y_test = train_test_split(table, numbers, test_size=0.25, random_state=4)
scaler = StandardScaler().fit(x_train)

inputs = keras.Input((13,))
hidden = keras.layers.Dense(32, activation="relu")(inputs)
outputs = keras.layers.Dense(3, activation="softmax")(hidden)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    scaler.transform(x_train),
    y_train,
    validation_data=(scaler.transform(x_test), y_test),
    epochs=60,
    batch_size=16,
    verbose=0,
)
