"""Bright nuclei on a slide, painted by a small net."""
import keras
import numpy as np
from keras import layers, ops


def slides(count, rng, size=32):
    """Yields picture and mask, both as bytes."""
    rows, cols = np.mgrid[:size, :size]
    for _ in range(count):
        mask = np.zeros((size, size), "uint8")
        for _ in range(rng.integers(2, 6)):
            r, c, radius = rng.integers(3, size - 3), rng.integers(3, size - 3), rng.uniform(2, 5)
            mask[(rows - r) ** 2 + (cols - c) ** 2 <= radius**2] = 255
        shade = 70 + 0.35 * mask + rng.normal(0, 22, mask.shape)
        yield np.clip(shade, 0, 255).astype("uint8"), mask


def batches(seed, size=20):
    rng = np.random.default_rng(seed)
    while True:
        pictures, masks = zip(*slides(size, rng))
        x = np.stack(pictures)[..., None].astype("float32") / 255
        y = np.stack(masks)[..., None].astype("float32")
        yield x, y


def overlap(y, p):
    y, p = ops.cast(y > 0.5, "float32"), ops.cast(p > 0.5, "float32")
    return (2 * ops.sum(y * p) + 1) / (ops.sum(y) + ops.sum(p) + 1)


def painter():
    layer = dict(padding="same", activation="relu")
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(12, 5, **layer),
            layers.Conv2D(12, 3, **layer),
            layers.Conv2D(1, 1, activation="sigmoid"),
        ]
    )


keras.utils.set_random_seed(19)
net = painter()
net.compile(keras.optimizers.Adam(4e-3), "binary_crossentropy", metrics=[overlap])
net.fit(batches(1), steps_per_epoch=20, epochs=5, validation_data=batches(2), validation_steps=5, verbose=2)
x, y = next(batches(3, 80))
print("overlap", round(float(overlap(y, net.predict(x, verbose=0))), 4))
