"""A variational autoencoder: the KL part rises while the whole falls, and that is how it has to be."""

import keras
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(8)


class Sampling(layers.Layer):
    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.beta = beta
        self.seed_generator = keras.random.SeedGenerator(8)

    def call(self, inputs):
        mean, log_variance = inputs
        kl = -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=-1)
        self.add_loss(self.beta * ops.mean(kl))
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


def pixels_cross_entropy(true, guess):
    return ops.sum(keras.ops.binary_crossentropy(true, guess), axis=-1)


images = (load_digits().data / 16).astype("float32")
train, test = train_test_split(images, test_size=300, random_state=8)

inputs = keras.Input((64,))
hidden = layers.Dense(64, activation="relu")(inputs)
mean, log_variance = layers.Dense(4, name="mean")(hidden), layers.Dense(4, name="log_variance")(hidden)
code = Sampling(name="code")([mean, log_variance])
decoder = keras.Sequential(
    [layers.Input((4,)), layers.Dense(64, activation="relu"), layers.Dense(64, activation="sigmoid")]
)
vae = keras.Model(inputs, decoder(code))
vae.compile(keras.optimizers.Adam(0.005), loss=pixels_cross_entropy)
vae.fit(train, train, epochs=25, batch_size=64, validation_data=(test, test), verbose=2)

encoder = keras.Model(inputs, mean)
back = decoder.predict(encoder.predict(test, verbose=0), verbose=0)
print(
    "squared error back:",
    round(float(((back - test) ** 2).mean()), 4),
    "of",
    round(float(test.var(axis=0).mean()), 4),
)
