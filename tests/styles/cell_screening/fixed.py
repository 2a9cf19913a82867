"""Screening model: benign or malignant from thirty cell measurements."""
import argparse

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import balanced_accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def parse(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", type=int, nargs="+", default=[32, 16])
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=11)
    return parser.parse_args(argv)


class Screening:
    def __init__(self, options):
        self.options = options
        self.scaler = StandardScaler()
        self.model = None

    def load(self):
        data = load_breast_cancer()
        table = data.data.astype("float32")
        label = 1 - data.target
        train, test, y_train, y_test = train_test_split(
            table, label, test_size=0.25, stratify=label, random_state=self.options.seed
        )
        self.scaler.fit(train)
        self.train = (self.scaler.transform(train), y_train)
        self.test = (self.scaler.transform(test), y_test)
        return data.feature_names

    def build(self, width):
        inputs = keras.Input((width,), name="measurements")
        x = inputs
        for n, units in enumerate(self.options.hidden):
            x = keras.layers.Dense(units, activation="tanh", name=f"hidden_{n}")(x)
        outputs = keras.layers.Dense(1, activation="sigmoid", name="malignant")(x)
        self.model = keras.Model(inputs, outputs)
        self.model.compile(
            optimizer=keras.optimizers.SGD(self.options.rate, momentum=0.9),
            loss="binary_crossentropy",
            metrics=["accuracy"],
        )

    def run(self):
        x, y = self.train
        history = self.model.fit(
            x, y, validation_data=self.test, epochs=self.options.epochs, batch_size=self.options.batch, verbose=0
        )
        for epoch in range(0, self.options.epochs, 5):
            print(epoch, {k: round(v[epoch], 4) for k, v in history.history.items()})

    def report(self):
        x, y = self.test
        guess = (self.model.predict(x, verbose=0)[:, 0] > 0.5).astype("int32")
        print(confusion_matrix(y, guess))
        print("balanced accuracy", round(balanced_accuracy_score(y, guess), 4))


if __name__ == "__main__":
    options = parse()
    keras.utils.set_random_seed(options.seed)
    screening = Screening(options)
    names = screening.load()
    screening.build(len(names))
    screening.run()
    screening.report()
