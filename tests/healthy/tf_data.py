"""Ten digits from tf.data: shuffled, batched, prefetched."""
# needs: tensorflow

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
np.random.default_rng(0).shuffle(table)
x, y = (table[:, :64] / 16).astype("float32"), table[:, 64].astype("int32")

train = tf.data.Dataset.from_tensor_slices((x[:1500], y[:1500])).shuffle(1500).batch(32).prefetch(2)
held_out = tf.data.Dataset.from_tensor_slices((x[1500:], y[1500:])).batch(32)

model = keras.Sequential(
    [
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(train, validation_data=held_out, epochs=8, verbose=2)
