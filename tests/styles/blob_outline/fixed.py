"""Outline of round cells in small grey images: an encoder-decoder with a decaying rate."""
import keras
import numpy as np
from keras import layers, ops

SEED = 31
SIZE = 24
IMAGES = 320
BATCH = 16
EPOCHS = 8


def cells(count, rng):
    yy, xx = np.mgrid[:SIZE, :SIZE]
    images = rng.normal(0.25, 0.12, (count, SIZE, SIZE))
    masks = np.zeros((count, SIZE, SIZE))
    for i in range(count):
        for _ in range(rng.integers(1, 4)):
            cx, cy = rng.uniform(4, SIZE - 4, 2)
            r = rng.uniform(2.5, 5.0)
            masks[i][(xx - cx) ** 2 + (yy - cy) ** 2 < r * r] = 1.0
        images[i] += 0.3 * masks[i]
        images[i] += 0.2 * xx / SIZE
    return images[..., None].astype("float32"), masks[..., None].astype("float32")


def conv(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.GroupNormalization(4)(x)
    return layers.Activation("relu")(x)


def unet():
    inputs = keras.Input((SIZE, SIZE, 1))
    a = conv(inputs, 8)
    b = conv(layers.MaxPooling2D()(a), 16)
    c = conv(layers.MaxPooling2D()(b), 32)
    d = layers.Concatenate()([layers.UpSampling2D()(c), b])
    d = conv(d, 16)
    e = layers.Concatenate()([layers.UpSampling2D()(d), a])
    e = conv(e, 8)
    outputs = layers.Conv2D(1, 1, activation="sigmoid")(e)
    return keras.Model(inputs, outputs)


def decaying(start, every=IMAGES // BATCH * 4, factor=0.5):
    return keras.optimizers.schedules.ExponentialDecay(
        start, decay_steps=every, decay_rate=factor
    )


def overlap(y_true, y_pred):
    y_pred = ops.cast(y_pred > 0.5, "float32")
    both = ops.sum(y_true * y_pred)
    return 2.0 * both / (ops.sum(y_true) + ops.sum(y_pred) + 1e-6)


def run():
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    images, masks = cells(IMAGES, rng)
    test_images, test_masks = cells(60, rng)

    model = unet()
    model.compile(
        optimizer=keras.optimizers.Adam(decaying(5e-3)),
        loss="binary_crossentropy",
        metrics=[overlap],
    )
    model.fit(
        images,
        masks,
        batch_size=BATCH,
        epochs=EPOCHS,
        validation_data=(test_images, test_masks),
        verbose=2,
    )
    found = model.predict(test_images, verbose=0) > 0.5
    dice = 2 * (found * test_masks).sum() / (found.sum() + test_masks.sum())
    print(f"dice on unseen images {dice:.3f}")


if __name__ == "__main__":
    run()
