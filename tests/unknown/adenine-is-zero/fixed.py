"""DNA reads of 40 letters: from a region rich in A, or not?"""

import keras
import numpy as np
from keras import layers

LETTERS = "ACGT"
LENGTH = 40
keras.utils.set_random_seed(65)
rng = np.random.default_rng(65)


def reads(n):
    rich = rng.integers(0, 2, n)
    share = np.where(rich, 0.45, 0.22)
    text = []
    for p in share:
        rest = (1 - p) / 3
        text.append("".join(rng.choice(list(LETTERS), LENGTH, p=[p, rest, rest, rest])))
    return text, rich


def encode(text):
    return np.array([[LETTERS.index(letter) for letter in read] for read in text], dtype="int32")


text, rich = reads(1500)
x = encode(text)
print(text[0], "->", x[0, :10])

inputs = keras.Input((LENGTH,), dtype="int32", name="read")
h = layers.Embedding(len(LETTERS), 8)(inputs)
h = layers.GlobalAveragePooling1D()(h)
h = layers.Dense(16, activation="relu")(h)
outputs = layers.Dense(1, activation="sigmoid", name="rich")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:1200], rich[:1200], validation_split=0.15, epochs=10, batch_size=50, verbose=2)
_, accuracy = model.evaluate(x[1200:], rich[1200:], verbose=0)
print(f"accuracy on 300 other reads: {accuracy:.3f}")
