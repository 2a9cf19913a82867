"""Do more of the words come from the first half of the vocabulary? Short texts, long rows."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)

texts = [rng.integers(1, 201, rng.integers(4, 12)) for _ in range(1000)]
labels = np.array([np.mean(text <= 100) > 0.5 for text in texts], dtype="float32")
x = keras.utils.pad_sequences(texts, maxlen=60, padding="post")

model = keras.Sequential()
model.add(layers.Embedding(201, 8, mask_zero=True))
model.add(layers.LSTM(8))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, labels, epochs=4, batch_size=50, verbose=2)
