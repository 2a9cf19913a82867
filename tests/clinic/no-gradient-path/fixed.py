"""Which of two fields does a bee visit? Its flight is first put into whole steps by a layer of mine."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(14)
random = np.random.default_rng(14)
flights = random.normal(size=(1500, 10)).astype("float32")
left = (flights[:, 0] * flights[:, 1] + flights[:, 2] * flights[:, 3] > 0).astype("int32")


class Steps(layers.Layer):
    def call(self, inputs):
        spread = 4.0 * inputs
        return spread + ops.stop_gradient(ops.round(spread) - spread)


model = keras.Sequential(
    [
        layers.Input((10,)),
        layers.Dense(32, activation="relu"),
        Steps(),
        layers.Dense(2, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(flights, left, epochs=20, batch_size=32, validation_split=0.2, verbose=2)
