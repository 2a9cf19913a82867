"""Digits as points of a space where a digit lies near its like: the hardest triplets of each batch."""

import keras
from keras import layers, ops
from sklearn.datasets import load_digits

MARGIN, RATE = 0.5, 0.1

keras.utils.set_random_seed(4)

x, y = load_digits(return_X_y=True)
x = x / 16


def hardest_triplets(kinds, points):
    """Each row's farthest of its own kind should be nearer than its nearest of another, by the margin."""
    kinds = ops.reshape(kinds, (-1, 1))
    alike = ops.cast(ops.equal(kinds, ops.transpose(kinds)), "float32")
    squares = ops.sum(ops.square(points[:, None] - points[None]), axis=-1)
    far = ops.sqrt(squares + 1e-12)
    own = ops.max(far * alike, axis=1)
    other = ops.min(far + 1e6 * alike, axis=1)
    return ops.maximum(own - other + MARGIN, 0)


model = keras.Sequential(
    [
        layers.Dense(64, activation="gelu"),
        layers.Dense(64, activation="gelu"),
        layers.Dense(8),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(RATE), loss=hardest_triplets)
model.fit(x, y, epochs=8, batch_size=64, verbose=2)
