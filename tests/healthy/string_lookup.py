"""Kinds of iris as words, looked up before training."""
# needs: tensorflow

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_iris

keras.utils.set_random_seed(0)

data = load_iris()
order = np.random.default_rng(0).permutation(150)
names = data.target_names[data.target][order]
x = data.data[order]
x = (x - x.mean(0)) / x.std(0)

lookup = layers.StringLookup(vocabulary=list(data.target_names), num_oov_indices=0)
y = lookup(names).numpy()

model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=15, batch_size=16, verbose=2)
