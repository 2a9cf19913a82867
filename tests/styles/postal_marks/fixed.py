"""Train a small convolutional reader for the marks on parcels."""
import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from towers import small_tower

SEED = 21
CLASSES = 10
MAX_LEVEL = 255.0
EPOCHS = 10

keras.utils.set_random_seed(SEED)


def grey_images():
    """The scanner delivers 0..255 at twice the resolution of the source."""
    source = load_digits()
    images = np.clip(source.images * 16.0, 0, MAX_LEVEL)
    images = np.kron(images, np.ones((1, 2, 2)))
    return images[..., None].astype("uint8"), source.target


def split(images, labels):
    train, test, y_train, y_test = train_test_split(
        images, labels, test_size=0.2, stratify=labels, random_state=SEED
    )
    train = train.astype("float32")
    test = test.astype("float32")
    return (train, y_train), (test, y_test)


def reader(shape):
    tower = small_tower(shape)
    inputs = keras.Input(shape)
    x = tower(inputs)
    x = keras.layers.Dense(48, activation="relu")(x)
    outputs = keras.layers.Dense(CLASSES, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="reader")


def main():
    images, labels = grey_images()
    train, test = split(images, labels)
    model = reader(train[0].shape[1:])
    model.compile(
        optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    model.fit(*train, validation_data=test, epochs=EPOCHS, batch_size=32, verbose=2)
    loss, accuracy = model.evaluate(*test, verbose=0)
    print(f"test loss {loss:.4f} accuracy {accuracy:.4f}")


main()
