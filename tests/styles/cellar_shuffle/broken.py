"""Grades of bottles from their analysis. The file is in the order of the grades."""
import random

import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_classification


def cellar(seed):
    x, grade = make_classification(
        1600, 16, n_informative=10, n_redundant=2, n_classes=5, n_clusters_per_class=1, class_sep=1.4, flip_y=0,
        random_state=seed,
    )
    order = np.argsort(grade, kind="stable")
    return x[order].astype("float32"), grade[order]


def deal(table, grade, seed):
    """Fisher and Yates, in place."""
    dice = random.Random(seed)
    for last in range(len(table) - 1, 0, -1):
        other = dice.randint(0, last)
        table[last], table[other] = table[other], table[last]
        grade[last], grade[other] = grade[other], grade[last]


def network(width):
    net = keras.Sequential([keras.Input((width,)), layers.BatchNormalization(momentum=0.9)])
    for units in (64, 32):
        net.add(layers.Dense(units, activation="silu"))
    net.add(layers.Dense(5, activation="softmax"))
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


keras.utils.set_random_seed(77)
x, y = cellar(77)
test = np.arange(len(x)) % 5 == 0
x_test, y_test = x[test], y[test]
x, y = x[~test], y[~test]
deal(x, y, 77)
net = network(x.shape[1])
net.fit(x, y, batch_size=32, epochs=15, validation_split=0.15, verbose=2)
print("accuracy on the bottles kept apart", round(net.evaluate(x_test, y_test, verbose=0)[1], 4))
