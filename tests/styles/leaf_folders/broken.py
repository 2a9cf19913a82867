import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_classification

FIT = {"batch_size": 32, "epochs": 8, "validation_split": 0.25}
SPECIES = 4
keras.utils.set_random_seed(61)


def read_species(k, x, y):
    """What is in the folder of one species: measurements of its leaves."""
    rows = np.flatnonzero(y == k)
    return x[rows], np.full(len(rows), k)


def read_all():
    x, y = make_classification(1600, 12, n_informative=8, n_classes=SPECIES, n_clusters_per_class=1, class_sep=1.6,
                               random_state=12)
    x = x.astype("float32")
    parts = [read_species(k, x, y) for k in range(SPECIES)]
    leaves = np.concatenate([p[0] for p in parts])
    species = np.concatenate([p[1] for p in parts])
    return leaves, species


class LeafNet(keras.Model):
    def __init__(self, species, rate=0.1):
        super().__init__()
        self.norm = layers.LayerNormalization()
        self.h1 = layers.Dense(48, activation="relu")
        self.drop = layers.Dropout(rate)
        self.h2 = layers.Dense(24, activation="relu")
        self.out = layers.Dense(species, activation="softmax")

    def call(self, x, training=False):
        h = self.drop(self.h1(self.norm(x)), training=training)
        return self.out(self.h2(h))


leaves, species = read_all()
print(leaves.shape, np.bincount(species))
net = LeafNet(SPECIES)
net.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = net.fit(leaves, species, **FIT)
print("validation accuracy by epoch:", np.round(history.history["val_accuracy"], 3))
