"""Above or below the median progress after a year? Repeated folds on 442 patients."""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.datasets import load_diabetes
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.preprocessing import StandardScaler


def make_net(width):
    net = keras.Sequential(
        [
            keras.Input((width,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    net.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", metrics=["accuracy"])
    return net


class Comparison:
    def __init__(self, x, y, folds=4, repeats=2, epochs=15):
        self.x, self.y = x, y
        self.epochs = epochs
        self.cut = RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=6)

    def fold(self, fit, test):
        self.net = make_net(self.x.shape[1])
        scale = StandardScaler().fit(self.x[fit])
        self.net.fit(scale.transform(self.x[fit]), self.y[fit], batch_size=32, epochs=self.epochs, verbose=0)
        return self.net.evaluate(scale.transform(self.x[test]), self.y[test], verbose=0)

    def table(self):
        rows = [self.fold(fit, test) for fit, test in self.cut.split(self.x, self.y)]
        return pd.DataFrame(rows, columns=["loss", "accuracy"])


def main():
    keras.utils.set_random_seed(92)
    x, progress = load_diabetes(return_X_y=True)
    y = (progress > np.median(progress)).astype("float32")
    table = Comparison(x, y).table()
    print(table.round(3).to_string())
    print("mean accuracy", round(table["accuracy"].mean(), 4))


if __name__ == "__main__":
    main()
