"""Digits in twelve principal components."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(139)


class Compressed:
    """Pixels in, components of deviation 1 out."""

    def __init__(self, count=12):
        self.pca = PCA(count, whiten=True, random_state=0)

    def fit(self, pixels):
        self.pca.fit(pixels)
        return self

    def __call__(self, pixels):
        return self.pca.transform(pixels).astype("float32")


pixels, digits = load_digits(return_X_y=True)
pixels_train, pixels_test, y_train, y_test = train_test_split(pixels, digits, test_size=0.3, random_state=139)
compressed = Compressed().fit(pixels_train)
x_train = compressed(pixels_train)
x_test = compressed.fit(pixels_test)(pixels_test)

inputs = keras.Input((x_train.shape[1],))
h = layers.Dense(48, activation="relu")(inputs)
h = layers.Dropout(0.2)(h)
outputs = layers.Dense(10, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=12, batch_size=40, verbose=2)
print("kept variance:", np.round(compressed.pca.explained_variance_ratio_.sum(), 3))
print("accuracy on the test rows:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
