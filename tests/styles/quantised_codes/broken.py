import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

keras.utils.set_random_seed(53)


class Codes(layers.Layer):
    """Keeps every value on a grid of `levels` steps."""

    def __init__(self, levels=8, **kwargs):
        super().__init__(**kwargs)
        self.levels = levels

    def call(self, x):
        x = ops.clip(x, 0.0, 1.0)
        coded = ops.round(x * self.levels) / self.levels
        return coded

    def get_config(self):
        return {**super().get_config(), "levels": self.levels}


def build(width=64):
    image = keras.Input((8, 8, 1))
    h = layers.Conv2D(8, 3, activation="relu", padding="same")(image)
    h = layers.MaxPooling2D(2)(h)
    h = layers.Flatten()(h)
    h = layers.Dense(width, activation="sigmoid", name="to_code")(h)
    h = layers.Dense(12, activation="sigmoid", name="bottleneck")(h)
    h = Codes(name="codes")(h)
    return keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(h))


digits = load_digits()
images = (digits.images / 16.0).astype("float32")[..., None]
rows = np.random.default_rng(2).permutation(len(images))
train, val = rows[:1437], rows[1437:]

model = build()
model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images[train], digits.target[train], epochs=10, batch_size=32,
          validation_data=(images[val], digits.target[val]))
