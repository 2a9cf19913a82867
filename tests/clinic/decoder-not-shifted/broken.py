"""Six of twelve numbers are put in order, one after the other: each answer follows from those before."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2)

NUMBERS, LENGTH, START = 12, 6, 13
random = np.random.default_rng(2)
drawn = np.stack([1 + random.permutation(NUMBERS)[:LENGTH] for _ in range(2000)])
ordered = np.sort(drawn, axis=1)
so_far = ordered

numbers, before = layers.Input((LENGTH,), name="numbers"), layers.Input((LENGTH,), name="before")
bag = layers.GlobalAveragePooling1D()(layers.Embedding(NUMBERS + 1, 24)(numbers))
joined = layers.Concatenate()([layers.RepeatVector(LENGTH)(bag), layers.Embedding(START + 1, 24)(before)])
hidden = layers.Dense(128, activation="relu")(joined)
model = keras.Model([numbers, before], layers.Dense(NUMBERS + 1, activation="softmax")(hidden))
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit([drawn, so_far], ordered, epochs=4, batch_size=64, validation_split=0.2, verbose=2)
