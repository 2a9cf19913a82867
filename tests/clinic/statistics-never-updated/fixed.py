"""Which of three kinds a wine is, with a layer that takes the mean off its inputs."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(2)


class Centred(layers.Layer):
    """Takes off the mean of the batch in training, and the moving mean of the batches afterwards."""

    def build(self, shape):
        self.mean = self.add_weight(shape=(shape[-1],), initializer="zeros", trainable=False)

    def call(self, x, training=False):
        if not training:
            return x - self.mean
        mean = ops.mean(x, axis=0)
        self.mean.assign(0.9 * self.mean + 0.1 * mean)
        return x - mean


x, y = load_wine(return_X_y=True)
x = x / x.std(axis=0)
x, x_test, y, y_test = train_test_split(x, y, test_size=0.3, stratify=y, random_state=1)

model = keras.Sequential(
    [
        keras.Input((13,)),
        Centred(),
        layers.Dense(16, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=25, batch_size=16, validation_data=(x_test, y_test), verbose=2)
