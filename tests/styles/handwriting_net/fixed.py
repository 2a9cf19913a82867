"""Digit images, small convolutional network, torch DataLoader in front."""
from dataclasses import dataclass

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Config:
    seed: int = 7
    filters: tuple = (16, 32)
    hidden: int = 64
    dropout: float = 0.2
    batch_size: int = 32
    peak_rate: float = 0.001
    beta_1: float = 0.9
    epochs: int = 8


class Digits:
    """Reads the images and hands out loaders."""

    def __init__(self, cfg):
        self.cfg = cfg
        images, labels = load_digits(return_X_y=True)
        images = (images / 16.0).astype("float32").reshape(-1, 8, 8, 1)
        labels = labels.astype("int64")
        split = train_test_split(
            images, labels, test_size=0.25, stratify=labels, random_state=cfg.seed
        )
        self.x_train, self.x_test, self.y_train, self.y_test = split

    def _loader(self, x, y, shuffle):
        data = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
        return DataLoader(data, batch_size=self.cfg.batch_size, shuffle=shuffle)

    def train(self):
        return self._loader(self.x_train, self.y_train, True)

    def test(self):
        return self._loader(self.x_test, self.y_test, False)


class Net:
    def __init__(self, cfg):
        self.cfg = cfg

    def build(self):
        inputs = keras.Input((8, 8, 1))
        x = inputs
        for filters in self.cfg.filters:
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
            x = layers.MaxPooling2D(2)(x)
        x = layers.Flatten()(x)
        x = layers.Dense(self.cfg.hidden, activation="relu")(x)
        x = layers.Dropout(self.cfg.dropout)(x)
        outputs = layers.Dense(10, activation="softmax")(x)
        return keras.Model(inputs, outputs, name="digits")

    def optimizer(self):
        return keras.optimizers.Adam(self.cfg.peak_rate, beta_1=self.cfg.beta_1)


def main():
    cfg = Config()
    keras.utils.set_random_seed(cfg.seed)
    data = Digits(cfg)
    net = Net(cfg)
    model = net.build()
    model.compile(
        optimizer=net.optimizer(),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(data.train(), validation_data=data.test(), epochs=cfg.epochs, verbose=2)
    probs = model.predict(data.x_test, verbose=0)
    hits = np.mean(probs.argmax(axis=1) == data.y_test)
    print(f"test accuracy {hits:.3f}")


if __name__ == "__main__":
    main()
