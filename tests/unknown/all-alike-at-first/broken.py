"""Digits; small positive starting weights, as in the paper that we follow."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(70)


class SmallPositive(keras.initializers.Initializer):
    def __init__(self, scale=0.02):
        self.scale = scale

    def __call__(self, shape, dtype=None, **kwargs):
        return ops.full(shape, self.scale, dtype=dtype)

    def get_config(self):
        return {"scale": self.scale}


def dense(units, **kwargs):
    return layers.Dense(units, kernel_initializer=SmallPositive(), **kwargs)


x, y = load_digits(return_X_y=True)
x = ((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-3)).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, stratify=y, random_state=70)

model = keras.Sequential(
    [layers.Input((64,)), dense(64, activation="relu"), dense(32, activation="relu"), dense(10)]
)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=12, batch_size=32, validation_data=(x_test, y_test), verbose=2)
print("test accuracy", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
print(np.bincount(model.predict(x_test, verbose=0).argmax(-1), minlength=10), "answers per digit")
print("accuracy", round(float(np.mean(model.predict(x_test, verbose=0).argmax(-1) == y_test)), 3))
