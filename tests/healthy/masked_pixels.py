"""A quarter of the pixels is hidden, and only hidden ones count in the loss: labels carry their mask along."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)
images = (load_digits().data / 16).astype("float32")


def hide(rows):
    """The rows with a quarter of the pixels at -1, and what was there with the mask behind it."""
    hidden = (rng.random(rows.shape) < 0.25).astype("float32")
    seen = np.where(hidden == 1, -1.0, rows).astype("float32")
    return seen, np.stack([rows, hidden], axis=-1)


class Puzzles(keras.utils.PyDataset):
    """Other pixels are hidden each time a batch is asked for."""

    def __init__(self, rows, size):
        super().__init__()
        self.rows, self.size = rows, size

    def __len__(self):
        return len(self.rows) // self.size

    def __getitem__(self, index):
        return hide(self.rows[index * self.size : (index + 1) * self.size])


def hidden_only(y_true, y_pred):
    value, mask = y_true[..., 0], y_true[..., 1]
    return ops.sum(mask * ops.square(value - y_pred), axis=-1) / ops.maximum(ops.sum(mask, axis=-1), 1.0)


inputs = keras.Input((64,))
h = layers.Dense(128, activation="gelu")(inputs)
h = layers.Dense(128, activation="gelu")(h)
outputs = layers.Dense(64, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.AdamW(0.003), loss=hidden_only)
seen, target = hide(images[1500:])
model.fit(Puzzles(images[:1500], 50), validation_data=(seen, target), epochs=25, verbose=2)

guess, mask = model.predict(seen, verbose=0), target[..., 1] == 1
mean = np.broadcast_to(images[:1500].mean(axis=0), guess.shape)
print("error on hidden pixels:", round(float(((guess - images[1500:])[mask] ** 2).mean()), 4))
print("the mean of each pixel:", round(float(((mean - images[1500:])[mask] ** 2).mean()), 4))
