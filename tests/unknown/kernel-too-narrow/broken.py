"""Radial basis functions over the pixels of digits: forty centres of width 10."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(105)


class RadialBasis(layers.Layer):
    """exp(-(distance to a centre / width) ** 2)."""

    def __init__(self, centres, width=10.0, **kwargs):
        super().__init__(**kwargs)
        self.start = centres
        self.width = width

    def build(self, shape):
        self.centres = self.add_weight(shape=self.start.shape, initializer="zeros", name="centres")
        self.centres.assign(self.start)

    def call(self, x):
        difference = ops.expand_dims(x, 1) - ops.expand_dims(self.centres, 0)
        squared = ops.sum(ops.square(difference), axis=-1)
        return ops.exp(-squared * self.width**2)


x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x.astype("float32") / 2, y, test_size=0.25, random_state=105
)
rng = np.random.default_rng(105)
centres = np.concatenate([x_train[rng.choice(np.flatnonzero(y_train == digit), 4)] for digit in range(10)])

model = keras.Sequential(
    [layers.Input((64,)), RadialBasis(centres + 0.1), layers.Dense(10, activation="softmax")]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x_train, y_train, validation_split=0.1, epochs=10, batch_size=40, verbose=2)
print("accuracy:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
