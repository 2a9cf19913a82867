"""Music that writes itself on: each of twelve notes is followed by one of two, and a rest ends the bar."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(21)
random = np.random.default_rng(21)

NOTES, BAR = 12, 8
after = np.stack([random.permutation(NOTES)[:2] for _ in range(NOTES)])
bars = np.empty((2500, BAR + 1), "int32")
bars[:, 0] = random.integers(0, NOTES, 2500)
for step in range(BAR):
    bars[:, step + 1] = after[bars[:, step], (random.random(2500) < 0.3).astype(int)]

model = keras.Sequential(
    [
        layers.Input((BAR,), dtype="int32"),
        layers.Embedding(NOTES, 16),
        layers.Bidirectional(layers.GRU(24, return_sequences=True)),
        layers.Dense(NOTES, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(bars[:, :-1], bars[:, 1:], epochs=5, batch_size=50, validation_split=0.2, verbose=2)
