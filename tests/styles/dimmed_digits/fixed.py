import argparse
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--batch-size", type=int, default=32)
    p.add_argument("--lr", type=float, default=1e-3)
    return p.parse_args()


def load():
    d = load_digits()
    x = (d.images * 255 / 16).astype("float32")
    x = x
    order = np.random.default_rng(0).permutation(len(x))
    return x[order][..., None], d.target[order]


def make_model():
    return keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Rescaling(1 / 255.0),
        layers.Conv2D(16, 3, activation="relu", padding="same"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])


if __name__ == "__main__":
    args = get_args()
    keras.utils.set_random_seed(0)
    x, y = load()
    model = make_model()
    model.compile(keras.optimizers.Adam(args.lr), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[:1400], y[:1400], epochs=args.epochs, batch_size=args.batch_size,
              validation_data=(x[1400:], y[1400:]), verbose=2)
