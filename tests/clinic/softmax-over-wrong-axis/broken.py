"""A tag for each of twelve steps of a sequence."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

x = rng.normal(size=(1500, 12, 6)).astype("float32")
tags = (x @ rng.normal(size=(6, 3))).argmax(axis=-1)

inputs = keras.Input((12, 6))
hidden = layers.Dense(24, activation="relu")(inputs)
scores = layers.Dense(3)(hidden)
outputs = layers.Softmax(axis=1)(scores)
model = keras.Model(inputs, outputs)

model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, tags, epochs=6, batch_size=32, verbose=2)
