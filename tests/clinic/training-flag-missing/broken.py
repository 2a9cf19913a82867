"""Ten digits, with a training loop of one's own in TensorFlow."""
# needs: tensorflow

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(1)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = (table[:, :64] / 16).astype("float32"), table[:, 64].astype("int32")

model = keras.Sequential(
    [
        keras.layers.Input((64,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
optimizer = keras.optimizers.Adam()
measure = keras.losses.SparseCategoricalCrossentropy()
rng = np.random.default_rng(1)

for epoch in range(10):
    for rows in np.array_split(rng.permutation(len(x)), 56):
        with tf.GradientTape() as tape:
            loss = measure(y[rows], model(x[rows]))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    print(epoch, float(loss))
