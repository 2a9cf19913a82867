"""Four kinds of machine states from windows of three sensors; windows come from a generator."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)
BATCH = 16
STEPS = 60


def simulate(n, seed):
    rng = np.random.default_rng(seed)
    state = rng.integers(0, 4, n)
    t = np.arange(48)
    x = np.empty((n, 48, 3), dtype="float32")
    for i, s in enumerate(state):
        phase = rng.uniform(0, 6.28, 3)
        freq = 0.2 + 0.15 * s
        x[i] = np.sin(freq * t[:, None] + phase) * (1.0 + 0.2 * s) + rng.normal(0, 0.6, (48, 3))
    return x, state


def windows(x, y, batch):
    n = len(x)
    while True:
        start = 0
        chunk = slice(start, start + batch)
        yield x[chunk], y[chunk]
        start += batch
        if start >= n:
            start = 0


x_train, y_train = simulate(960, seed=1)
x_val, y_val = simulate(320, seed=2)

inp = keras.Input((48, 3))
h = layers.Conv1D(16, 5, activation="relu")(inp)
h = layers.MaxPooling1D(2)(h)
h = layers.Conv1D(32, 5, activation="relu")(h)
h = layers.GlobalAveragePooling1D()(h)
h = layers.Dense(32, activation="relu")(h)
out = layers.Dense(4, activation="softmax")(h)
model = keras.Model(inp, out)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(windows(x_train, y_train, BATCH), steps_per_epoch=STEPS, epochs=10, validation_data=(x_val, y_val))
print("validation:", model.evaluate(x_val, y_val, verbose=0))
