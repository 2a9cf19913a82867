"""Read scanned digits with a small convolutional net that keeps its own objective."""
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


@dataclass
class Config:
    seed: int = 3
    filters: int = 16
    epochs: int = 10
    batch: int = 32
    rate: float = 2e-3
    weight_decay: float = 1e-4


class Reader(keras.Model):
    def __init__(self, config, classes=10):
        super().__init__(name="reader")
        self.stem = layers.Conv2D(config.filters, 3, padding="same", activation="relu")
        self.down = layers.Conv2D(2 * config.filters, 3, strides=2, padding="same", activation="relu")
        self.flat = layers.Flatten()
        self.body = layers.Dense(64, activation="relu")
        self.scores = layers.Dense(classes)
        self.objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.decay = config.weight_decay

    def call(self, images):
        x = self.down(self.stem(images))
        return self.scores(self.body(self.flat(x)))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        penalty = self.decay * keras.ops.sum(keras.ops.square(self.body.kernel))
        return self.objective(y, y_pred, sample_weight=sample_weight) + penalty


def augmented(images, labels, rng):
    """Every image once as it is and once moved by one pixel."""
    moved = np.stack([np.roll(im, rng.integers(-1, 2), axis=rng.integers(0, 2)) for im in images])
    return np.concatenate([images, moved]), np.concatenate([labels, labels])


def load(config):
    digits = load_digits()
    images = (digits.images / 16.0).astype("float32")[..., None]
    x_train, x_test, y_train, y_test = train_test_split(
        images, digits.target, test_size=0.25, stratify=digits.target, random_state=config.seed
    )
    x_train, y_train = augmented(x_train, y_train, np.random.default_rng(config.seed))
    return (x_train, y_train), (x_test, y_test)


def main(config):
    keras.utils.set_random_seed(config.seed)
    (x_train, y_train), test = load(config)
    model = Reader(config)
    model.compile(
        optimizer=keras.optimizers.Adam(config.rate),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
    )
    model.fit(
        x_train,
        y_train,
        validation_data=test,
        epochs=config.epochs,
        batch_size=config.batch,
        verbose=2,
    )
    guess = model.predict(test[0], verbose=0).argmax(-1)
    for digit in range(10):
        rows = test[1] == digit
        print(digit, f"{(guess[rows] == digit).mean():.2f}")
    print(f"test accuracy {(guess == test[1]).mean():.4f}")


if __name__ == "__main__":
    main(Config())
