"""Digits, with a learning rate that decays."""
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(97)


def decayed(initial, steps=4, rate=0.8):
    return keras.optimizers.schedules.ExponentialDecay(initial, decay_steps=steps, decay_rate=rate, staircase=True)


class Experiment:
    def __init__(self, rate=2e-3, epochs=12, batch=64):
        self.epochs = epochs
        self.batch = batch
        self.optimizer = keras.optimizers.Adam(decayed(rate))
        self.model = self.make_model()

    @staticmethod
    def make_model():
        return keras.Sequential([
            keras.Input((8, 8, 1)),
            layers.Conv2D(12, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ])

    def data(self):
        digits = load_digits()
        x = (digits.images[..., None] / 16.0).astype("float32")
        return train_test_split(x, digits.target, test_size=0.2, random_state=0, stratify=digits.target)

    def run(self):
        x_train, x_val, y_train, y_val = self.data()
        self.model.compile(self.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        self.model.fit(x_train, y_train, batch_size=self.batch, epochs=self.epochs, validation_data=(x_val, y_val))
        return self.model.evaluate(x_val, y_val, verbose=0)


print(Experiment().run())
