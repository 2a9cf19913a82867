"""Which pixels belong to the blob? 12 x 12 pictures, a small convolutional network, soft Dice loss."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
SIZE = 12


def picture():
    yy, xx = np.mgrid[:SIZE, :SIZE]
    cy, cx, r = rng.uniform(3, 9), rng.uniform(3, 9), rng.uniform(1.5, 3)
    mask = ((yy - cy) ** 2 + (xx - cx) ** 2 < r**2).astype("float32")
    return mask * 0.8 + rng.normal(0, 0.35, (SIZE, SIZE)), mask


def dataset(n):
    pictures, masks = zip(*(picture() for _ in range(n)))
    return np.array(pictures, "float32")[..., None], np.array(masks, "float32")[..., None]


def dice_loss(y_true, y_pred, smooth=1.0):
    axes = (1, 2, 3)
    overlap = ops.sum(y_true * y_pred, axis=axes)
    total = ops.sum(y_true, axis=axes) + ops.sum(y_pred, axis=axes)
    return 1 - (2 * overlap + smooth) / (total + smooth)


def iou(truth, guess):
    both, either = np.sum(truth * guess), np.sum(np.maximum(truth, guess))
    return both / either


x, y = dataset(500)
x_test, y_test = dataset(100)
model = keras.Sequential(
    [
        layers.Input((SIZE, SIZE, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(1, 1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=dice_loss)
model.fit(x, y, validation_split=0.2, epochs=10, batch_size=20, verbose=2)
answer = (model.predict(x_test, verbose=0) > 0.5).astype("float32")
print("pixels marked per picture:", answer.sum() / len(answer), "true:", y_test.sum() / len(y_test))
print(f"IoU {iou(y_test, answer):.3f}")
