"""Praise or blame? Short sentences, a bag of embeddings."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)
GOOD = "fine great lovely warm clever bright kind".split()
BAD = "dull poor cold rude slow bitter weak".split()
OTHER = "the film book actor plot was and very with its an end scene by".split()


def sentence(praise):
    own, alien = (GOOD, BAD) if praise else (BAD, GOOD)
    words = list(rng.choice(own, rng.integers(2, 4))) + list(rng.choice(alien, rng.integers(0, 2)))
    words += list(rng.choice(OTHER, 7))
    rng.shuffle(words)
    return " ".join(words)


labels = rng.integers(0, 2, 1500)
sentences = [sentence(label) for label in labels]

words = sorted({word for text in sentences for word in text.split()})
vocabulary = {}  # 0 is the padding
vocabulary = {word: number + 1 for number, word in enumerate(words)}
LENGTH = 12
ids = np.zeros((len(sentences), LENGTH), "int32")
for row, text in enumerate(sentences):
    numbers = [vocabulary[word] for word in text.split()][:LENGTH]
    ids[row, : len(numbers)] = numbers
print(len(words), "words,", "longest sentence", max(len(text.split()) for text in sentences))

model = keras.Sequential(
    [
        layers.Input((LENGTH,), dtype="int32"),
        layers.Embedding(len(words) + 1, 8),
        layers.GlobalAveragePooling1D(),
        layers.Dense(8, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(ids[:1200], labels[:1200], validation_split=0.1, epochs=8, batch_size=32, verbose=2)
print(f"accuracy on 300 new sentences: {model.evaluate(ids[1200:], labels[1200:], verbose=0)[1]:.3f}")
