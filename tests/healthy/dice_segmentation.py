"""Bright spots on a noisy picture, pixel by pixel: dice and cross-entropy together, judged by the overlap."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
SIDE = 16


def scenes(n):
    rows, columns = np.mgrid[:SIDE, :SIDE]
    mask = np.zeros((n, SIDE, SIDE), bool)
    for _ in range(2):
        center, radius = rng.uniform(3, SIDE - 3, (n, 2, 1, 1)), rng.uniform(1.5, 3, (n, 1, 1))
        mask |= (rows - center[:, 0]) ** 2 + (columns - center[:, 1]) ** 2 < radius**2
    picture = 0.8 * mask + rng.normal(0, 0.5, mask.shape)
    return picture.astype("float32")[..., None], mask.astype("float32")[..., None]


def dice(true, guess):
    both = ops.sum(true * guess, axis=(1, 2, 3))
    return (2 * both + 1) / (ops.sum(true, axis=(1, 2, 3)) + ops.sum(guess, axis=(1, 2, 3)) + 1)


def dice_and_entropy(true, guess):
    return 1 - dice(true, guess) + ops.mean(keras.losses.binary_crossentropy(true, guess), axis=(1, 2))


def unet():
    inputs = keras.Input((SIDE, SIDE, 1))
    fine = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    coarse = layers.MaxPooling2D()(fine)
    coarse = layers.Conv2D(16, 3, padding="same", activation="relu")(coarse)
    joined = layers.Concatenate()([fine, layers.UpSampling2D()(coarse)])
    joined = layers.Conv2D(8, 3, padding="same", activation="relu")(joined)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(joined))


x, y = scenes(400)
x_test, y_test = scenes(100)
model = unet()
model.compile(keras.optimizers.Adam(0.01), loss=dice_and_entropy, metrics=[dice])
model.fit(x, y, batch_size=16, epochs=6, validation_data=(x_test, y_test), verbose=2)
found = model.predict(x_test, verbose=0) > 0.5
overlap = (found & (y_test > 0)).sum() / (found | (y_test > 0)).sum()
print("intersection over union:", round(float(overlap), 3))
