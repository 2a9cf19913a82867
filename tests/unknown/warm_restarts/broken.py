"""Digits with cosine cycles of the learning rate."""
import math

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class Cycles(keras.callbacks.Callback):
    def __init__(self, peak, length):
        super().__init__()
        self.peak = peak
        self.length = length

    def on_train_begin(self, logs=None):
        self.state = [np.copy(w) for w in self.model.get_weights()]

    def on_epoch_begin(self, epoch, logs=None):
        place = epoch % self.length / self.length
        self.model.optimizer.learning_rate = 0.5 * self.peak * (1 + math.cos(math.pi * place)) + 1e-5

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.length == 0:
            self.model.set_weights(self.state)


def main():
    keras.utils.set_random_seed(44)
    x, y = load_digits(return_X_y=True)
    x_fit, x_test, y_fit, y_test = train_test_split(x.astype("float32") / 16, y, test_size=0.3, random_state=44)
    net = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    net.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    net.fit(x_fit, y_fit, batch_size=32, epochs=15, callbacks=[Cycles(3e-3, 5)], verbose=2)
    print("test accuracy", round(net.evaluate(x_test, y_test, verbose=0)[1], 4))


if __name__ == "__main__":
    main()
