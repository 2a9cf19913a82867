"""Benign or malignant, with the compile arguments in a recipe."""
from typing import NamedTuple

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


class Recipe(NamedTuple):
    optimizer: str = "adam"
    loss: str = "binary_crossentropy"
    report: tuple = ("accuracy",)

    def apply(self, model):
        model.compile(self.optimizer, self.loss, list(self.report))
        return model


def prepare(seed):
    x, y = load_breast_cancer(return_X_y=True)
    return train_test_split(x, y.astype("float32"), test_size=0.3, stratify=y, random_state=seed)


def main():
    keras.utils.set_random_seed(46)
    x_fit, x_test, y_fit, y_test = prepare(46)
    norm = layers.Normalization()
    norm.adapt(x_fit)
    table = keras.Input((30,))
    t = layers.Dense(24, activation="relu")(norm(table))
    t = layers.Dropout(0.2)(t)
    model = Recipe().apply(keras.Model(table, layers.Dense(1, activation="sigmoid")(t)))
    model.fit(x_fit, y_fit, batch_size=16, epochs=12, validation_data=(x_test, y_test), verbose=2)
    scores = model.evaluate(x_test, y_test, return_dict=True, verbose=0)
    print("test accuracy", round(scores["accuracy"], 4))


if __name__ == "__main__":
    main()
