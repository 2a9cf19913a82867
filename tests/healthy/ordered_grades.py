"""Grades 0 to 4 as four questions "better than k?"; their sum is the grade."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(16)
rng = np.random.default_rng(16)
x = rng.normal(size=(1600, 7)).astype("float32")
quality = x @ rng.normal(size=7) * 0.6 + rng.normal(0, 0.7, 1600)
grade = np.digitize(quality, [-1.5, -0.5, 0.5, 1.5])
better = (grade[:, None] > np.arange(4)).astype("float32")

model = keras.Sequential(
    [layers.Input((7,)), layers.Dense(16, activation="relu"), layers.Dense(4, activation="sigmoid")]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["binary_accuracy"])
model.fit(
    x[:1300], better[:1300], validation_data=(x[1300:], better[1300:]), epochs=10, batch_size=40, verbose=2
)
guess = (model.predict(x[1300:], verbose=0) > 0.5).sum(axis=1)
print("mean distance in grades:", np.abs(guess - grade[1300:]).mean())
