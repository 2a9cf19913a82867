"""Do this reader and this book go together? Two tables of ids, a plain product."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(51)
rng = np.random.default_rng(51)
READERS, BOOKS, TASTE = 60, 40, 3
reader_taste = rng.normal(size=(READERS, TASTE))
book_taste = rng.normal(size=(BOOKS, TASTE))


def visits(n):
    reader, book = rng.integers(0, READERS, n), rng.integers(0, BOOKS, n)
    liked = np.sum(reader_taste[reader] * book_taste[book], axis=1) + rng.normal(0, 0.3, n) > 0
    return np.stack([reader, book], axis=1).astype("int32"), liked.astype("float32")


class Tables(layers.Layer):
    """Both tables side by side."""

    def __init__(self, width):
        super().__init__()
        self.reader = layers.Embedding(READERS, width, embeddings_initializer="glorot_normal")
        self.book = layers.Embedding(BOOKS, width, embeddings_initializer="glorot_normal")

    def look_up(self, ids):
        return self.reader(ids[:, 0]), self.book(ids[:, 1])


class Recommender(keras.Model):
    def __init__(self, width=8):
        super().__init__()
        self.tables = Tables(width)
        self.scale = layers.Dense(1)

    def call(self, ids):
        reader, book = self.tables.look_up(ids)
        return ops.sigmoid(self.scale(reader * book))


ids, liked = visits(4000)
ids_test, liked_test = visits(1000)
model = Recommender()
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(ids, liked, validation_split=0.1, epochs=8, batch_size=64, verbose=2)
print("numbers that are trained:", sum(int(np.prod(w.shape)) for w in model.trainable_weights))
print("accuracy on new visits:", round(model.evaluate(ids_test, liked_test, verbose=0)[1], 3))
