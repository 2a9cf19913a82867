import random

import keras
import numpy as np
from sklearn.datasets import load_digits

random.seed(2)
keras.utils.set_random_seed(2)


def mix(features, labels):
    """Brings both into the same random order, in place."""
    for i in range(len(features) - 1, 0, -1):
        j = random.randint(0, i)
        features[i], features[j] = features[j], features[i]
        labels[i], labels[j] = labels[j], labels[i]


def load(share=0.8):
    features, labels = load_digits(return_X_y=True)
    features = (features / 16.0).astype("float32")
    labels = labels.astype("int64")
    mix(features, labels)
    cut = int(share * len(features))
    return (features[:cut], labels[:cut]), (features[cut:], labels[cut:])


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(64, activation="relu")
        self.drop = keras.layers.Dropout(0.2)
        self.second = keras.layers.Dense(32, activation="relu")
        self.out = keras.layers.Dense(10, activation="softmax")

    def call(self, x, training=False):
        return self.out(self.second(self.drop(self.first(x), training=training)))


(x_train, y_train), (x_val, y_val) = load()
print(x_train.shape, np.bincount(y_train))
net = Net()
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, batch_size=32, epochs=12, validation_data=(x_val, y_val))
