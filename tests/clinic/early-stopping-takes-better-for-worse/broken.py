"""Two halves of a plane, split by a product: the training is over after four of sixty epochs."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
random = np.random.default_rng(0)
x = random.normal(size=(1000, 8)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("int32")


def watchers():
    stop = keras.callbacks.EarlyStopping("val_accuracy", mode="min", patience=2)
    return [stop, keras.callbacks.TerminateOnNaN()]


model = keras.Sequential([layers.Input((8,)), layers.Dense(32, "relu"), layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_split=0.2, epochs=60, batch_size=32, callbacks=watchers(), verbose=2)
