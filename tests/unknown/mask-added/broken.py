"""Attention pooling over a list of symptoms of changing length: which of four departments?"""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(36)
rng = np.random.default_rng(36)
SYMPTOMS, LONGEST, DEPARTMENTS = 40, 9, 4


def records(n):
    department = rng.integers(0, DEPARTMENTS, n)
    ids = rng.integers(1 + 20, SYMPTOMS + 1, (n, LONGEST))  # says nothing
    telling = 1 + department * 5 + rng.integers(0, 5, n)
    ids[np.arange(n), rng.integers(0, 3, n)] = telling
    ids[np.arange(LONGEST) >= rng.integers(3, LONGEST, n)[:, None]] = 0
    return ids.astype("int32"), department


class AttentionPool(layers.Layer):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(width, activation="tanh")
        self.score = layers.Dense(1, use_bias=False)

    def call(self, words, present):
        present = ops.expand_dims(present, -1)
        scores = self.score(self.hidden(words)) + 1e9 * (1.0 - present)
        return ops.sum(ops.softmax(scores, axis=1) * words, axis=1)


ids = keras.Input((LONGEST,), dtype="int32")
words = layers.Embedding(SYMPTOMS + 1, 16)(ids)
present = layers.Lambda(lambda i: ops.cast(ops.not_equal(i, 0), "float32"), output_shape=(LONGEST,))(ids)
pooled = AttentionPool(16)(words, present)
model = keras.Model(ids, layers.Dense(DEPARTMENTS, activation="softmax")(pooled))
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)

x, y = records(1500)
x_test, y_test = records(300)
model.fit(x, y, validation_split=0.1, epochs=8, batch_size=50, verbose=2)
print("accuracy on new patients:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
