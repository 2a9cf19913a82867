"""The data come in one file per product; each file is learned in turn."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(109)
PASSES = 4


def read_file(number, x, y):
    rows = np.flatnonzero((y // 2) == number)
    return x[rows], y[rows]


def build():
    inp = keras.Input((64,))
    h = layers.Dense(64, activation="relu")(inp)
    h = layers.Dense(32, activation="relu")(h)
    model = keras.Model(inp, layers.Dense(10, activation="softmax")(h))
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def learn(model, x, y, val):
    files = [read_file(number, x, y) for number in range(5)]
    part_x = np.concatenate([f[0] for f in files])
    part_y = np.concatenate([f[1] for f in files])
    model.fit(part_x, part_y, epochs=PASSES, batch_size=32, validation_data=val)


x, y = load_digits(return_X_y=True)
x = (x / 16.0).astype("float32")
order = np.random.default_rng(1).permutation(len(x))
train, held = order[:1400], order[1400:]
model = build()
learn(model, x[train], y[train], (x[held], y[held]))
print("held out:", model.evaluate(x[held], y[held], verbose=0))
