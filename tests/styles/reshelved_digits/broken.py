"""Handwritten digits, mixed before the split."""

import keras
import numpy as np
from sklearn.datasets import load_digits

keras.utils.set_random_seed(8)


def load(seed=0):
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(images))
    images = images[order] / 16.0
    return images.reshape(-1, 8, 8, 1), labels


def network():
    return keras.Sequential(
        [
            keras.layers.Conv2D(16, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


images, labels = load()
model = network()
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(images, labels, validation_split=0.2, epochs=10, batch_size=32, verbose=0)
