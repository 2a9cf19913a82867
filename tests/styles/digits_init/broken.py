import argparse

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def options():
    p = argparse.ArgumentParser(description="digits with a plain stack of dense layers")
    p.add_argument("--width", type=int, default=64)
    p.add_argument("--depth", type=int, default=3)
    p.add_argument("--epochs", type=int, default=8)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--spread", type=float, default=1e-4)
    p.add_argument("--seed", type=int, default=4)
    return p.parse_args()


class Digits:
    def __init__(self, opt):
        self.opt = opt
        x, y = load_digits(return_X_y=True)
        self.parts = train_test_split(x / 16.0, y, test_size=0.2, random_state=opt.seed)

    def kernel(self):
        return keras.initializers.RandomNormal(mean=0.0, stddev=self.opt.spread)

    def network(self):
        h = inp = keras.Input((64,))
        for _ in range(self.opt.depth):
            h = layers.Dense(self.opt.width, activation="relu", kernel_initializer=self.kernel())(h)
        return keras.Model(inp, layers.Dense(10, activation="softmax", kernel_initializer=self.kernel())(h))

    def train(self):
        x_train, x_val, y_train, y_val = self.parts
        net = self.network()
        net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return net.fit(x_train, y_train, epochs=self.opt.epochs, batch_size=self.opt.batch,
                       validation_data=(x_val, y_val))


opt = options()
keras.utils.set_random_seed(opt.seed)
history = Digits(opt).train()
print("best validation accuracy:", max(history.history["val_accuracy"]))
