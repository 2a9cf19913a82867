"""The next letter of a language with a grammar of its own: nobody can be right more often than the grammar lets them."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(26)
rng = np.random.default_rng(26)
LETTERS, LENGTH = 6, 10

# what comes next depends on the last two letters, by chance
table = rng.dirichlet(np.full(LETTERS, 0.35), size=(LETTERS, LETTERS))
text = [0, 1]
for draw in rng.random(12000):
    text.append(min(int((table[text[-2], text[-1]].cumsum() < draw).sum()), LETTERS - 1))
text = np.array(text)
windows = np.lib.stride_tricks.sliding_window_view(text, LENGTH + 1)[::LENGTH]
x, y = windows[:, :-1], windows[:, 1:]

model = keras.Sequential(
    [
        layers.Input((LENGTH,), dtype="int32"),
        layers.Embedding(LETTERS, 12),
        layers.Conv1D(48, 3, padding="causal", activation="relu"),
        layers.Dense(LETTERS, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:900], y[:900], epochs=12, batch_size=16, validation_data=(x[900:], y[900:]), verbose=2)
pairs = table[x[900:, :-1], x[900:, 1:]]
best = (pairs.argmax(axis=-1) == y[900:, 1:]).mean()
right = (model.predict(x[900:], verbose=0)[:, 1:].argmax(axis=-1) == y[900:, 1:]).mean()
print("right", round(float(right), 3), "the grammar itself", round(float(best), 3))
