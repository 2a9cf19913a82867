"""Does the note of a bell rise or fall? Two filters of my own are to be learned from the recordings."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(8)
random = np.random.default_rng(8)
rises = random.integers(0, 2, 1200)
tilt = np.where(rises == 1, 0.02, -0.02)[:, None] * np.arange(48)
recorded = (np.cos(random.uniform(0, 6.28, (1200, 1)) + 0.5 * np.arange(48)) + tilt).astype("float32")
recorded += random.normal(0, 0.3, recorded.shape).astype("float32")


class Projection(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def build(self, shape):
        drawn = np.random.default_rng(1).normal(0, 1e-3, (shape[-1], self.size))
        self.kernel = ops.convert_to_tensor(drawn.astype("float32"))

    def call(self, signal):
        return ops.tanh(ops.matmul(signal, self.kernel))


model = keras.Sequential([layers.Input((48,)), Projection(2), layers.Dense(1, activation="sigmoid")])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(recorded, rises, epochs=12, batch_size=32, validation_split=0.25, verbose=2)
