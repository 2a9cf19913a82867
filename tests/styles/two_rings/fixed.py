import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(29)


class Block(layers.Layer):
    """A dense layer with its activation and dropout."""

    def __init__(self, units, act="relu", rate=0.0, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
        self.act = keras.activations.get(act)
        self.drop = layers.Dropout(rate)

    def call(self, x, training=False):
        return self.drop(self.act(self.dense(x)), training=training)


class RingNet(keras.Model):
    def __init__(self, widths=(32, 32, 16)):
        super().__init__()
        self.blocks = [Block(w) for w in widths]
        self.head = layers.Dense(1, activation="sigmoid")

    def call(self, x, training=False):
        for block in self.blocks:
            x = block(x, training=training)
        return self.head(x)


points, ring = make_circles(2000, noise=0.08, factor=0.5, random_state=0)
x_train, x_val, y_train, y_val = train_test_split(points.astype("float32"), ring, test_size=0.25, random_state=0)

net = RingNet()
net.compile(optimizer=keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, batch_size=64, epochs=10, validation_data=(x_val, y_val))
radius = np.linalg.norm(x_val, axis=1)
print("the radius alone:", ((radius < 0.75) == y_val).mean())
