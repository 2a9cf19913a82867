"""Five folds on the wine table."""
import argparse

import keras
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold

parser = argparse.ArgumentParser()
parser.add_argument("--folds", type=int, default=3)
parser.add_argument("--epochs", type=int, default=15)
parser.add_argument("--hidden", type=int, default=24)
parser.add_argument("--standardize", type=int, default=0)
parser.add_argument("--lr", type=float, default=0.01)
args = parser.parse_args()

keras.utils.set_random_seed(0)


class Fold:
    def __init__(self, x_train, y_train, x_val, y_val):
        self.train = (x_train, y_train)
        self.val = (x_val, y_val)
        self.model = None

    def prepare(self):
        x_train, y_train = self.train
        x_val, y_val = self.val
        if args.standardize:
            mean, std = x_train.mean(axis=0), x_train.std(axis=0)
            x_train, x_val = (x_train - mean) / std, (x_val - mean) / std
        self.train = (x_train.astype("float32"), y_train)
        self.val = (x_val.astype("float32"), y_val)

    def build(self):
        self.model = keras.Sequential([
            keras.Input((self.train[0].shape[1],)),
            keras.layers.Dense(args.hidden, activation="tanh"),
            keras.layers.Dense(3, activation="softmax"),
        ])
        self.model.compile(keras.optimizers.SGD(args.lr, momentum=0.9), "sparse_categorical_crossentropy",
                           metrics=["accuracy"])

    def run(self):
        self.prepare()
        self.build()
        self.model.fit(*self.train, validation_data=self.val, epochs=args.epochs, batch_size=16)
        return self.model.evaluate(*self.val, verbose=0)[1]


x, y = load_wine(return_X_y=True)
scores = []
for train, val in StratifiedKFold(args.folds, shuffle=True, random_state=0).split(x, y):
    scores.append(Fold(x[train], y[train], x[val], y[val]).run())
    print("fold accuracy", round(scores[-1], 3))
print("mean", np.mean(scores))
