import keras
import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(71)


class Scorer:
    """A small wrapper in the manner of scikit-learn."""

    def __init__(self, hidden=(32, 16), lr=3e-3, epochs=10, batch_size=32, head="softmax"):
        self.hidden = hidden
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.head = head

    def _make(self, n_features):
        net = keras.Sequential()
        net.add(keras.Input((n_features,)))
        for units in self.hidden:
            net.add(keras.layers.Dense(units, activation="relu"))
        net.add(keras.layers.Dense(1, activation=self.head))
        net.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(self.lr), metrics=["accuracy"])
        return net

    def fit(self, x, y, validation=None):
        self.net = self._make(x.shape[1])
        self.history = self.net.fit(x, y, batch_size=self.batch_size, epochs=self.epochs, validation_data=validation)
        return self

    def score(self, x, y):
        return float(np.mean((self.net.predict(x, verbose=0)[:, 0] > 0.5) == y))


x, y = make_classification(1600, 12, n_informative=7, weights=[0.55], class_sep=1.2, flip_y=0.02, random_state=8)
x_train, x_test, y_train, y_test = train_test_split(x.astype("float32"), y, test_size=0.25, stratify=y, random_state=8)
scorer = Scorer().fit(x_train, y_train, validation=(x_test, y_test))
print("score", scorer.score(x_test, y_test))
