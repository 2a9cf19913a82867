"""Recognise how a person moves from two seconds of a three-axis sensor."""
import keras
import numpy as np
from keras import layers

from feed_fixed import MOVES, Feed, recordings

keras.utils.set_random_seed(6)

STEPS = 40
EPOCHS = 12
N_TRAIN = 1600
N_TEST = 400


def residual(x, filters):
    y = layers.Conv1D(filters, 5, padding="same", activation="relu")(x)
    y = layers.Conv1D(filters, 5, padding="same")(y)
    if x.shape[-1] != filters:
        x = layers.Conv1D(filters, 1)(x)
    return layers.Activation("relu")(layers.Add()([x, y]))


def network():
    inputs = keras.Input((STEPS, 3))
    x = residual(inputs, 16)
    x = layers.MaxPooling1D(2)(x)
    x = residual(x, 24)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(len(MOVES), activation="softmax")(x))


def show(model, feed):
    guess = model.predict(feed.windows, verbose=0).argmax(-1)
    for number, move in enumerate(MOVES):
        rows = feed.moves == number
        print(f"{move:>7}: {np.mean(guess[rows] == number):.3f} of {rows.sum()}")


train = Feed(*recordings(N_TRAIN, STEPS, 1))
test = Feed(*recordings(N_TEST, STEPS, 2), mix=False, noise=0.0, batch=40)

model = network()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(train, validation_data=test, epochs=EPOCHS, verbose=2)
show(model, test)
