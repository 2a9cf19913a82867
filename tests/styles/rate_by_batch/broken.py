"""Handwritten digits with a learning rate that is to fall a little from epoch to epoch."""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(12)

digits = load_digits()
images = digits.images[..., None] / 16.0
labels = keras.utils.to_categorical(digits.target)


class Decay(keras.callbacks.Callback):
    """Multiplies the learning rate by 0.9."""

    def on_train_batch_end(self, batch, logs=None):
        optimizer = self.model.optimizer
        optimizer.learning_rate = float(optimizer.learning_rate) * 0.9


model = keras.Sequential(
    [
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(2e-3), "categorical_crossentropy", metrics=["accuracy"])
model.fit(
    images[:1400],
    labels[:1400],
    epochs=10,
    batch_size=32,
    validation_data=(images[1400:], labels[1400:]),
    callbacks=[Decay()],
    verbose=0,
)
