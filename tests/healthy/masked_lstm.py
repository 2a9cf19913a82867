"""Short texts in long rows; the padding is masked."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

texts = [rng.integers(1, 201, rng.integers(4, 12)) for _ in range(800)]
labels = np.array([np.mean(text <= 100) > 0.5 for text in texts], dtype="float32")
x = keras.utils.pad_sequences(texts, maxlen=40, padding="post")

inputs = keras.Input((40,), dtype="int32")
h = layers.Embedding(201, 8, mask_zero=True)(inputs)
h = layers.LSTM(8)(h)
outputs = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, labels, epochs=5, batch_size=40, verbose=2)
