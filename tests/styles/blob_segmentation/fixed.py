"""Finds bright round blobs in noisy pictures, pixel by pixel."""
import keras
import numpy as np
from keras import layers, ops

SIZE = 16
keras.utils.set_random_seed(19)


def draw(n, seed, ink=1):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[:SIZE, :SIZE]
    pictures = rng.normal(70, 25, (n, SIZE, SIZE))
    masks = np.zeros((n, SIZE, SIZE), dtype="uint8")
    for picture, mask in zip(pictures, masks):
        for _ in range(rng.integers(1, 3)):
            cy, cx, r = rng.integers(3, SIZE - 3, 2).tolist() + [rng.integers(2, 4)]
            inside = (yy - cy) ** 2 + (xx - cx) ** 2 <= r * r
            picture[inside] += 90
            mask[inside] = ink
    return pictures.clip(0, 255).astype("uint8")[..., None], masks[..., None]


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def overlap_loss(y_true, y_pred):
    """One minus the Dice coefficient of the batch."""
    both = ops.sum(y_true * y_pred)
    return 1.0 - (2.0 * both + 1.0) / (ops.sum(y_true) + ops.sum(y_pred) + 1.0)


inp = keras.Input((SIZE, SIZE, 1))
x = layers.Rescaling(1 / 255.0)(inp)
skip = block(x, 8)
x = block(layers.MaxPooling2D()(skip), 16)
x = layers.UpSampling2D()(x)
x = block(layers.Concatenate()([x, skip]), 8)
out = layers.Conv2D(1, 1, activation="sigmoid")(x)
unet = keras.Model(inp, out)

train_x, train_m = draw(240, seed=0)
val_x, val_m = draw(60, seed=1)
unet.compile(keras.optimizers.Adam(5e-3), loss=overlap_loss,
             metrics=["binary_accuracy"])
unet.fit(train_x, train_m.astype("float32"), batch_size=16, epochs=8,
         validation_data=(val_x, val_m.astype("float32")))
print("share of pixels called blob:", (unet.predict(val_x, verbose=0) > 0.5).mean())
