"""Batches in which every class is as frequent as the others (the data are not: 60, 25, 10, 5 %)."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import balanced_accuracy_score

keras.utils.set_random_seed(131)
rng = np.random.default_rng(131)
SHARES = [0.6, 0.25, 0.1, 0.05]
centres = rng.normal(0, 1.0, (4, 10))


def measure(n):
    kind = rng.choice(4, n, p=SHARES)
    return (centres[kind] + rng.normal(0, 0.8, (n, 10))).astype("float32"), kind.astype("int32")


class Balanced(keras.utils.PyDataset):
    def __init__(self, x, y, batch=40, batches=40, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch, self.batches = x, y, batch, batches
        self.rows = [np.flatnonzero(y == k) for k in range(4)]
        self.rng = np.random.default_rng(5)

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        labels = self.rng.integers(0, 4, self.batch)
        picked = np.array([self.rng.integers(len(self.rows[k])) for k in labels])
        return self.x[picked], labels.astype("int32")


x, y = measure(2000)
x_test, y_test = measure(500)
model = keras.Sequential(
    [layers.Input((10,)), layers.Dense(24, activation="relu"), layers.Dense(4, activation="softmax")]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(Balanced(x, y), validation_data=(x_test, y_test), epochs=8, verbose=2)
answers = model.predict(x_test, verbose=0).argmax(-1)
print("answers", np.bincount(answers, minlength=4), "true", np.bincount(y_test, minlength=4))
print("balanced accuracy", round(balanced_accuracy_score(y_test, answers), 3))
