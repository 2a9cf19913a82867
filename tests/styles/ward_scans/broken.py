"""Digit scans by a convolutional net with a temperature on its scores."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

DEPTH = 16
LABELS = 10


def load(seed):
    images, labels = load_digits(return_X_y=True)
    images = images.astype("uint8").reshape(-1, 8, 8, 1)
    return train_test_split(
        images, labels.astype("int32"), test_size=0.25, stratify=labels, random_state=seed
    )


def to_unit(images):
    """0..16 to 0..1."""
    return (images // (DEPTH + 1)).astype("float32")


class ScanNet:
    def __init__(self, temperature=1.0, seed=53):
        keras.utils.set_random_seed(seed)
        self.seed = seed
        self.temperature = temperature
        self.model = self._build()

    def _build(self):
        inputs = keras.Input((8, 8, 1))
        x = layers.Conv2D(16, 3, activation="relu")(inputs)
        x = layers.Conv2D(32, 3, activation="relu")(x)
        x = layers.Flatten()(x)
        x = layers.Dense(64, activation="relu")(x)
        x = layers.Dense(LABELS)(x)
        x = layers.Rescaling(1.0 / self.temperature)(x)
        outputs = layers.Softmax()(x)
        outputs = layers.Reshape((LABELS,), name="chances")(outputs)
        return keras.Model(inputs, outputs)

    def loss(self):
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def fit(self, x, y, epochs=10):
        self.model.compile(
            optimizer=keras.optimizers.Adam(1e-3), loss=self.loss(), metrics=["accuracy"]
        )
        return self.model.fit(x, y, epochs=epochs, batch_size=32, verbose=2)

    def score(self, x, y):
        chances = self.model.predict(x, verbose=0)
        right = chances.argmax(axis=1) == y
        own = np.clip(chances[np.arange(len(y)), y], 1e-7, 1.0)
        return right.mean(), -np.log(own).mean(), self.model.evaluate(x, y, verbose=0)[0]


if __name__ == "__main__":
    x_train, x_test, y_train, y_test = load(53)
    net = ScanNet()
    net.fit(to_unit(x_train), y_train)
    accuracy, nll, reported = net.score(to_unit(x_test), y_test)
    print(f"accuracy {accuracy:.3f}, nll {nll:.3f}, reported loss {reported:.3f}")
