"""Five-fold estimate of a small grape variety classifier."""
import keras
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold

keras.utils.set_random_seed(3)

FOLDS = 5
EPOCHS = 25
CLASSES = 3


class Preparer:
    """Logarithm of the measurements, then zero mean and unit spread."""

    def fit_transform(self, table):
        values = np.log1p(table).astype("float32")
        self.mean = values.mean(axis=0)
        self.spread = values.std(axis=0)
        return self._standard(values)

    def transform(self, table):
        values = np.asarray(table, dtype="float32")
        return self._standard(values)

    def _standard(self, values):
        return (values - self.mean) / self.spread


def network(width):
    return keras.Sequential(
        [
            keras.Input((width,)),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def one_fold(number, train, test):
    preparer = Preparer()
    x_train = preparer.fit_transform(train[0])
    x_test = preparer.transform(test[0])
    model = network(x_train.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        x_train,
        train[1],
        validation_data=(x_test, test[1]),
        epochs=EPOCHS,
        batch_size=16,
        verbose=0,
    ).history
    print(
        f"fold {number}: loss {history['loss'][-1]:.4f} accuracy {history['accuracy'][-1]:.4f} "
        f"val_loss {history['val_loss'][-1]:.4f} val_accuracy {history['val_accuracy'][-1]:.4f}"
    )
    return history["val_accuracy"][-1]


def main():
    wine = load_wine()
    x, y = wine.data, wine.target
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=3)
    scores = []
    for number, (train, test) in enumerate(folds.split(x, y)):
        scores.append(one_fold(number, (x[train], y[train]), (x[test], y[test])))
    print(f"mean {np.mean(scores):.4f} +- {np.std(scores):.4f}")


main()
