"""Did more go in than out? A recurrent cell of my own over 12 bookings."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
STEPS = 12


class MinimalGatedCell(layers.Layer):
    """Forget gate and candidate (Zhou et al. 2016)."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 2 * self.units), initializer="glorot_uniform", name="w")
        self.u_f = self.add_weight(shape=(self.units, self.units), initializer="orthogonal", name="u_f")
        self.u_h = self.add_weight(shape=(self.units, self.units), initializer="orthogonal", name="u_h")
        self.b = self.add_weight(shape=(2 * self.units,), initializer="zeros", name="b")

    def call(self, x, states):
        h = states[0]
        wx = ops.matmul(x, self.w) + self.b
        f = ops.sigmoid(wx[:, : self.units] + ops.matmul(h, self.u_f))
        candidate = ops.tanh(wx[:, self.units :] + ops.matmul(f * h, self.u_h))
        new = (1 - f) * h + f * candidate
        return new, [new]


def bookings(n):
    x = rng.normal(size=(n, STEPS, 1)).astype("float32")
    return x, (x.sum(axis=(1, 2)) > 0).astype("int32")


x, y = bookings(1500)
x_test, y_test = bookings(400)
model = keras.Sequential(
    [layers.Input((STEPS, 1)), layers.RNN(MinimalGatedCell(16)), layers.Dense(1, activation="sigmoid")]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_split=0.2, epochs=6, batch_size=50, verbose=2)
print("accuracy on new accounts:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
