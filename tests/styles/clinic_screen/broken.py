"""Benign or malignant from thirty measurements of a cell nucleus."""
import argparse

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--final", default="softmax")
    return parser.parse_args()


def prepare(train, test):
    train = np.nan_to_num(train).astype("float32")
    test = np.nan_to_num(test).astype("float32")
    return train, test


class Screen(keras.Model):
    def __init__(self, width, final, **kwargs):
        super().__init__(**kwargs)
        self.first = layers.Dense(width, activation="relu")
        self.second = layers.Dense(width // 2, activation="relu")
        self.answer = layers.Dense(1, activation=final)

    def call(self, x):
        return self.answer(self.second(self.first(x)))


def main():
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    table, benign = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        table, benign, test_size=0.3, stratify=benign, random_state=args.seed
    )
    x_train, x_test = prepare(x_train, x_test)

    model = Screen(args.width, args.final)
    model.compile(
        optimizer=keras.optimizers.SGD(args.rate, momentum=0.9),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        x_train,
        y_train,
        validation_data=(x_test, y_test),
        epochs=args.epochs,
        batch_size=args.batch,
        verbose=2,
    )
    chance = model.predict(x_test, verbose=0)[:, 0]
    score = balanced_accuracy_score(y_test, chance > 0.5)
    print(f"spread of the answers {chance.std():.4f}, balanced accuracy {score:.3f}")


if __name__ == "__main__":
    main()
