"""Is a film review good or bad?"""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)

WORDS = 200
LENGTH = 300

# 500 good reviews, then 500 bad ones
y = np.array([1] * 500 + [0] * 500)

# every review as long as the longest, zeros at the end
x = np.zeros((1000, LENGTH), dtype="int32")
for i in range(1000):
    # words 1 to 20 are kind, 21 to 40 unkind, the others say nothing
    feeling = rng.integers(1, 21, 6) if y[i] == 1 else rng.integers(21, 41, 6)
    words = np.concatenate([feeling, rng.integers(41, WORDS, rng.integers(10, 40))])
    rng.shuffle(words)
    x[i, : len(words)] = words

model = keras.Sequential()
model.add(layers.Input(shape=(LENGTH,)))
model.add(layers.Embedding(WORDS, 16))
model.add(layers.LSTM(1))
model.add(layers.Dense(1, activation="softmax"))

model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=3, batch_size=64, validation_split=0.1, verbose=2)
