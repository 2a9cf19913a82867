"""Ten digits; something outside the recipe goes on wrecking the weights."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)

x, y = load_digits(return_X_y=True)
x = x / 16

model = keras.Sequential(
    [
        layers.Input((64,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])


class Restore(keras.callbacks.Callback):
    """Meant to go back to the best weights; takes those of a broken file."""

    def on_train_batch_end(self, batch, logs=None):
        with open("weights.npz", "rb") as file:
            held = np.load(file)
            for name, variable in zip(held.files, self.model.trainable_variables):
                variable.assign(held[name])


np.savez("weights.npz", *[np.zeros(variable.shape) for variable in model.trainable_variables])
model.fit(x, y, epochs=8, batch_size=32, callbacks=[Restore()], verbose=2)
