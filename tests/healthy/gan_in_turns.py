"""A discriminator fitted in turns to real and to made rows, and a generator through it while it is frozen."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(4)
random = np.random.default_rng(4)

discriminator = keras.Sequential(
    [keras.Input((2,)), layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")]
)
discriminator.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
generator = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
discriminator.trainable = False
noise = keras.Input((4,))
both = keras.Model(noise, discriminator(generator(noise)))
both.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
discriminator.trainable = True
discriminator.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])

for _ in range(3):
    real = random.normal([1.0, -1.0], 0.3, (256, 2)).astype("float32")
    made = generator.predict(random.normal(size=(256, 4)), verbose=0)
    discriminator.fit(real, np.ones((256, 1)), verbose=0)
    discriminator.fit(made, np.zeros((256, 1)), verbose=0)
    discriminator.trainable = False
    both.fit(random.normal(size=(256, 4)), np.ones((256, 1)), verbose=0)
    discriminator.trainable = True
