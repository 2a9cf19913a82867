"""A mean and a spread for each row; the likelihood is a density, so the loss goes below zero and still learns."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(40)
rng = np.random.default_rng(40)

x = rng.uniform(-1, 1, (1500, 1)).astype("float32")
spread = 0.02 + 0.12 * np.abs(x)
y = (0.5 * np.sin(4 * x) + rng.normal(0, 1, x.shape) * spread).astype("float32")


def negative_log_likelihood(true, parameters):
    mean, log_deviation = parameters[:, :1], parameters[:, 1:]
    scaled = (true - mean) / ops.exp(log_deviation)
    return ops.mean(0.5 * ops.square(scaled) + log_deviation + 0.919, axis=-1)


def mean_error(true, parameters):
    return ops.mean(ops.abs(true - parameters[:, :1]), axis=-1)


inputs = keras.Input((1,))
hidden = layers.Dense(32, activation="tanh")(inputs)
hidden = layers.Dense(32, activation="tanh")(hidden)
both = layers.Concatenate()([layers.Dense(1)(hidden), layers.Dense(1)(hidden)])
model = keras.Model(inputs, both)
model.compile(keras.optimizers.Adam(0.005), negative_log_likelihood, metrics=[mean_error])
model.fit(x[:1200], y[:1200], epochs=30, batch_size=50, validation_data=(x[1200:], y[1200:]), verbose=2)

answer = model.predict(x[1200:], verbose=0)
inside = np.abs(y[1200:, 0] - answer[:, 0]) < np.exp(answer[:, 1])
print("within one deviation:", round(float(inside.mean()), 3), "(should be .683)")
print(
    "spread goes with the true one:",
    round(float(np.corrcoef(np.exp(answer[:, 1]), spread[1200:, 0])[0, 1]), 3),
)
