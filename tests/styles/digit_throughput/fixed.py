"""Trains the 8x8 digit reader from a torch DataLoader."""
import argparse

import keras
import torch
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

cli = argparse.ArgumentParser()
cli.add_argument("--epochs", type=int, default=20)
cli.add_argument("--batch", type=int, default=32, help="rows per step")
cli.add_argument("--rate", type=float, default=0.02)
cli.add_argument("--seed", type=int, default=4)
opt = cli.parse_args()

keras.utils.set_random_seed(opt.seed)
pixels, label = load_digits(return_X_y=True)
parts = train_test_split(pixels.astype("float32") / 16.0, label, test_size=0.25, stratify=label, random_state=opt.seed)
x_fit, x_test, y_fit, y_test = (torch.as_tensor(p) for p in parts)


def loader(x, y, shuffle):
    return DataLoader(TensorDataset(x, y), batch_size=opt.batch, shuffle=shuffle)


def block(t, filters):
    t = layers.Conv2D(filters, 3, padding="same", activation="relu")(t)
    return layers.MaxPooling2D(2)(t)


inputs = keras.Input((64,))
t = layers.Reshape((8, 8, 1))(inputs)
t = block(t, 12)
t = block(t, 24)
t = layers.Dense(48, activation="relu")(layers.Flatten()(t))
reader = keras.Model(inputs, layers.Dense(10, activation="softmax")(t))
reader.compile(
    optimizer=keras.optimizers.SGD(opt.rate, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
reader.fit(loader(x_fit, y_fit, True), validation_data=loader(x_test, y_test, False), epochs=opt.epochs, verbose=2)
print("test accuracy", round(reader.evaluate(loader(x_test, y_test, False), verbose=0)[1], 4))
