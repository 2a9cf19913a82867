"""Do two images show the same digit? A twin net fed by a sampler of pairs."""
import math

import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(19)


class PairSampler(keras.utils.PyDataset):
    """Half of each batch are pairs of one digit, the other half pairs of two digits."""

    def __init__(self, images, labels, pairs, batch_size, seed, **kwargs):
        super().__init__(**kwargs)
        self.images = images
        self.members = [np.flatnonzero(labels == digit) for digit in range(10)]
        self.pairs = pairs
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return math.ceil(self.pairs / self.batch_size)

    def draw(self, digit):
        return self.rng.choice(self.members[digit])

    def __getitem__(self, index):
        left, right, same = [], [], []
        for i in range(self.batch_size):
            digit = int(self.rng.integers(10))
            left.append(self.draw(digit))
            if i % 2 == 0:
                right.append(self.draw(digit))
                same.append(1.0)
            else:
                other = (digit + int(self.rng.integers(1, 10))) % 10
                right.append(self.draw(other))
                same.append(0.0)
        order = self.rng.permutation(self.batch_size)
        left, right = np.array(left)[order], np.array(right)[order]
        same = np.array(same, dtype="float32")[order]
        return (self.images[left], self.images[right]), same


def build():
    tower = keras.Sequential(
        [layers.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(24)]
    )
    left, right = keras.Input((64,)), keras.Input((64,))
    gap = layers.Subtract()([tower(left), tower(right)])
    square = layers.Multiply()([gap, gap])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(square))


images, labels = load_digits(return_X_y=True)
images = (images / 16.0).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(
    images, labels, test_size=0.3, random_state=19, stratify=labels
)

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"]
)
sampler = PairSampler(x_train, y_train, pairs=2560, batch_size=64, seed=19)
history = model.fit(sampler, epochs=10, verbose=0)
print("loss", [round(v, 4) for v in history.history["loss"][::3]])
print("accuracy", [round(v, 4) for v in history.history["accuracy"][::3]])

rng = np.random.default_rng(1)
a, b = rng.integers(len(x_test), size=(2, 4000))
truth = (y_test[a] == y_test[b]).astype(int)
score = model.predict([x_test[a], x_test[b]], batch_size=512, verbose=0)[:, 0]
print("share of equal pairs in the test", round(float(truth.mean()), 4))
print("test auc", round(float(roc_auc_score(truth, score)), 4))
