"""Which part of a recipe line is what: an amount, a unit, a food, or how it is prepared."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

STEPS, WORDS, AMOUNT, UNIT, FOOD, MANNER = 48, 400, 1, 2, 3, 4


def line_of_recipe():
    """Word numbers and the kind of each word; a kind has its own words, and all share the last forty."""
    kinds = rng.choice([AMOUNT, UNIT, FOOD, MANNER], rng.integers(3, 8))
    words = kinds * 80 + rng.integers(0, 80, len(kinds)) - 79
    return np.where(rng.random(len(kinds)) < 0.08, rng.integers(360, WORDS, len(kinds)), words), kinds


rows, kinds = zip(*(line_of_recipe() for _ in range(700)), strict=True)
x = keras.utils.pad_sequences(rows, maxlen=STEPS, padding="post")
y = keras.utils.pad_sequences(kinds, maxlen=STEPS, padding="post")

model = keras.Sequential(
    [
        layers.Embedding(WORDS, 12),
        layers.Dense(24, activation="relu"),
        layers.Dense(5, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x[:560], y[:560], validation_data=(x[560:], y[560:]), epochs=3, batch_size=40, verbose=2)
