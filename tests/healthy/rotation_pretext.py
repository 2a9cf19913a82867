"""No labels at first: which way up is the digit? Then 150 labelled digits and the frozen filters."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

digits = load_digits()
pictures = (digits.images / 16.0).astype("float32")[..., None]
order = rng.permutation(len(pictures))
pictures, kinds = pictures[order], digits.target[order]

# the pretext: each picture in all four directions
turned = np.concatenate([np.rot90(pictures, k, axes=(1, 2)) for k in range(4)])
quarter = np.repeat(np.arange(4), len(pictures))


def filters():
    image = keras.Input((8, 8, 1))
    x = layers.Conv2D(16, 3, activation="relu", padding="same")(image)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(24, 3, activation="relu", padding="same")(x)
    return keras.Model(image, layers.Flatten()(x), name="filters")


body = filters()
pretext = keras.Sequential([body, layers.Dense(4, activation="softmax")])
pretext.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
pretext.fit(turned, quarter, epochs=3, batch_size=64, verbose=2)

body.trainable = False
reader = keras.Sequential([body, layers.Dropout(0.2), layers.Dense(10, activation="softmax")])
reader.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
reader.fit(
    pictures[:150],
    kinds[:150],
    epochs=25,
    batch_size=25,
    validation_data=(pictures[150:600], kinds[150:600]),
    verbose=2,
)
print("accuracy on unseen digits:", round(reader.evaluate(pictures[600:], kinds[600:], verbose=0)[1], 3))
