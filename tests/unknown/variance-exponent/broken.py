"""Yield of a reactor with its uncertainty: the network answers with a mean and a log variance."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.metrics import r2_score

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)


def experiments(n):
    temperature, pressure, flow = rng.uniform(-1, 1, (3, n))
    mean = np.sin(2.5 * temperature) + 0.8 * pressure * flow - 0.5 * pressure
    noise = 0.05 + 0.25 * (flow > 0)
    return np.stack([temperature, pressure, flow], 1).astype("float32"), (
        mean + noise * rng.normal(size=n)
    ).astype("float32")


class GaussianNLL(keras.losses.Loss):
    def call(self, y_true, y_pred):
        mean, log_var = y_pred[:, 0], y_pred[:, 1]
        residual = ops.square(ops.reshape(y_true, (-1,)) - mean)
        return 0.5 * (log_var + residual * ops.exp(log_var))


x_train, y_train = experiments(1500)
x_val, y_val = experiments(300)
x_test, y_test = experiments(500)

inputs = keras.Input((3,))
h = layers.Dense(48, activation="tanh")(inputs)
h = layers.Dense(48, activation="tanh")(h)
mean = layers.Dense(1, name="mean")(h)
log_var = layers.Dense(1, name="log_var")(h)
model = keras.Model(inputs, layers.Concatenate()([mean, log_var]))
model.compile(optimizer=keras.optimizers.Adam(0.003), loss=GaussianNLL())
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=25, batch_size=50, verbose=2)

answer = model.predict(x_test, verbose=0)
print("mean standard deviation it gives:", np.exp(0.5 * answer[:, 1]).mean())
print(f"R2 of the mean: {r2_score(y_test, answer[:, 0]):.3f}")
