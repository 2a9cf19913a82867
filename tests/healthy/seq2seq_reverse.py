"""Sequence to sequence with teacher forcing: four letters in, the same four out in reverse."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
LETTERS, LENGTH, START = 5, 4, 5

source = rng.integers(0, LETTERS, (1500, LENGTH))
target = source[:, ::-1]
fed = np.concatenate([np.full((len(target), 1), START), target[:, :-1]], axis=1)

encoder_in, decoder_in = keras.Input((LENGTH,), dtype="int32"), keras.Input((LENGTH,), dtype="int32")
embed = layers.Embedding(LETTERS + 1, 12)
_, state = layers.GRU(48, return_state=True)(embed(encoder_in))
steps = layers.GRU(48, return_sequences=True)(embed(decoder_in), initial_state=state)
letters = layers.Dense(LETTERS, activation="softmax")(steps)
model = keras.Model([encoder_in, decoder_in], letters)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    [source[:1200], fed[:1200]],
    target[:1200],
    epochs=10,
    batch_size=40,
    validation_data=([source[1200:], fed[1200:]], target[1200:]),
    verbose=2,
)

# written letter by letter, without the teacher
written = np.full((300, LENGTH), START)
for position in range(LENGTH):
    answer = model.predict([source[1200:], written], verbose=0)[:, position].argmax(axis=-1)
    if position + 1 < LENGTH:
        written[:, position + 1] = answer
    target_is = target[1200:, position]
    print(f"letter {position + 1} right: {(answer == target_is).mean():.3f}")
