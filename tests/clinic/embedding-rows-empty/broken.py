"""Reviews, pleased or not, with pretrained vectors that are looked up by word."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
WORDS, SIZE, LENGTH = 400, 16, 30

# The vocabulary of the reviews, as the tokenizer counts it; id 0 pads.
vocabulary = ["", *(f"word{number}" for number in range(1, WORDS))]
# Pretrained vectors, by word: those of kind words lie apart from those of harsh ones.
kind, harsh = np.arange(5, 60), np.arange(60, 115)
vectors = {f"Word{number}": rng.normal(size=SIZE) for number in range(1, WORDS)}
for number in kind:
    vectors[f"Word{number}"][:4] += 1.5
for number in harsh:
    vectors[f"Word{number}"][:4] -= 1.5


def review(pleased):
    ids = rng.integers(115, WORDS, LENGTH)
    told = rng.choice(LENGTH, rng.integers(5, 10), replace=False)
    ids[told] = rng.choice(kind if pleased else harsh, len(told))
    return ids


y = rng.integers(0, 2, 1200)
x = np.stack([review(pleased) for pleased in y])

table = np.zeros((WORDS, SIZE))
for number, word in enumerate(vocabulary):
    vector = vectors.get(word)
    if vector is not None:
        table[number] = vector

model = keras.Sequential(
    [
        layers.Embedding(
            WORDS, SIZE, embeddings_initializer=keras.initializers.Constant(table), trainable=False
        ),
        layers.GlobalAveragePooling1D(),
        layers.Dense(32, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_split=0.2, epochs=10, batch_size=32, verbose=0)
