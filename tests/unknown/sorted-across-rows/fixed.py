"""Voucher for a basket: the dearest item at half price, the second at a quarter off. Order of items is chance."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.metrics import r2_score

keras.utils.set_random_seed(107)
rng = np.random.default_rng(107)


def baskets(n, items=6):
    prices = rng.gamma(2.0, 0.5, (n, items))
    top = np.sort(prices, axis=1)
    voucher = 0.5 * top[:, -1] + 0.25 * top[:, -2]
    return prices.astype("float32"), voucher.astype("float32")


class Sorted(layers.Layer):
    """The same basket whatever the order in which it was scanned."""

    def call(self, x):
        return ops.sort(x, axis=1)


def build(items):
    inputs = keras.Input((items,), name="prices")
    h = Sorted()(inputs)
    h = layers.Dense(16, activation="relu")(h)
    h = layers.Dense(16, activation="relu")(h)
    outputs = layers.Dense(1, name="voucher")(h)
    return keras.Model(inputs, outputs)


x, y = baskets(2000)
x_test, y_test = baskets(400)
model = build(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse", metrics=["mae"])
model.fit(x, y, validation_split=0.1, epochs=10, batch_size=50, verbose=2)
print("R2 on new baskets:", round(r2_score(y_test, model.predict(x_test, verbose=0)[:, 0]), 3))
