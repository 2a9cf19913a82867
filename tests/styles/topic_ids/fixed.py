import keras
import numpy as np
from keras import layers

VOCAB, LENGTH, TOPICS = 600, 30, 4
keras.utils.set_random_seed(17)


def corpus(n, seed):
    """Every topic has 25 words of its own among the 600."""
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, TOPICS, n)
    ids = rng.integers(100, VOCAB, (n, LENGTH))
    own = rng.random((n, LENGTH)) < 0.25
    ids[own] = (topic[:, None] * 25 + rng.integers(0, 25, (n, LENGTH)))[own]
    return ids, topic


def prepare(ids):
    ids = np.asarray(ids, dtype="float32")
    return ids


class Classifier:
    def __init__(self, dim=24, units=32, lr=5e-3):
        self.model = keras.Sequential([
            keras.Input((LENGTH,)),
            layers.Embedding(VOCAB, dim),
            layers.GlobalAveragePooling1D(),
            layers.Dense(units, activation="relu"),
            layers.Dense(TOPICS, activation="softmax"),
        ])
        self.model.compile(keras.optimizers.Adam(lr), "sparse_categorical_crossentropy", metrics=["accuracy"])

    def fit(self, train, val, epochs=8):
        (ids, y), (val_ids, val_y) = train, val
        self.model.fit(prepare(ids), y, epochs=epochs, batch_size=32, validation_data=(prepare(val_ids), val_y))

    def __call__(self, ids):
        return self.model.predict(prepare(ids), verbose=0).argmax(axis=1)


classifier = Classifier()
held_out = corpus(400, seed=1)
classifier.fit(corpus(1600, seed=0), held_out)
print("confusion", [np.bincount(classifier(held_out[0])[held_out[1] == k], minlength=TOPICS) for k in range(TOPICS)])
