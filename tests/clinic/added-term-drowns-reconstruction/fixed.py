"""Twenty readings of a machine pressed into three numbers by a variational autoencoder, and read back."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(5)
random = np.random.default_rng(5)
states = random.normal(size=(1600, 3))
readings = (np.tanh(states @ random.normal(size=(3, 20))) * 0.2).astype("float32")


class Sampling(layers.Layer):
    """Draws a code around its mean, and adds what the code says of the input to the loss."""

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(5)

    def call(self, inputs):
        mean, log_variance = inputs
        told = ops.square(mean) + ops.exp(log_variance) - log_variance - 1
        self.add_loss(0.0001 * ops.mean(ops.sum(told, axis=1)))
        noise = keras.random.normal(ops.shape(mean), seed=self.seeds)
        return mean + ops.exp(0.5 * log_variance) * noise


given = layers.Input((20,))
hidden = layers.Dense(32, activation="relu")(given)
code = Sampling()([layers.Dense(3)(hidden), layers.Dense(3)(hidden)])
rebuilt = layers.Dense(20)(layers.Dense(32, activation="relu")(code))
model = keras.Model(given, rebuilt)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
model.fit(readings, readings, epochs=20, batch_size=32, verbose=2)
