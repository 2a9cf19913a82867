"""Attention from scratch: six pairs of a key and a value are read, then a key asks for its value."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
KEYS, VALUES, PAIRS = 10, 5, 6


class Attention(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.query, self.key, self.value = layers.Dense(size), layers.Dense(size), layers.Dense(size)

    def call(self, question, memory_keys, memory_values):
        q = self.query(question)[:, None, :]
        k, v = self.key(memory_keys), self.value(memory_values)
        scores = ops.sum(q * k, axis=-1) / self.size**0.5
        weights = ops.softmax(scores, axis=-1)
        return ops.sum(weights[..., None] * v, axis=1)


def exercises(n):
    keys = np.stack([rng.permutation(KEYS)[:PAIRS] for _ in range(n)])
    values = rng.integers(0, VALUES, (n, PAIRS))
    which = rng.integers(0, PAIRS, n)
    rows = np.arange(n)
    return {"keys": keys, "values": values, "question": keys[rows, which]}, values[rows, which]


x, y = exercises(3000)
x_test, y_test = exercises(600)

keys = keras.Input((PAIRS,), dtype="int32", name="keys")
values = keras.Input((PAIRS,), dtype="int32", name="values")
question = keras.Input((), dtype="int32", name="question")
letter = layers.Embedding(KEYS, 16)
read = Attention(16)(letter(question), letter(keys), layers.Embedding(VALUES, 16)(values))
answer = layers.Dense(VALUES, activation="softmax")(read)

model = keras.Model({"keys": keys, "values": values, "question": question}, answer)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=6, batch_size=50, validation_data=(x_test, y_test), verbose=2)
print("accuracy on new exercises:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
