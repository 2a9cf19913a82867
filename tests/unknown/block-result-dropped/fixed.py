"""Two rings, a small residual network."""

import keras
from keras import layers
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(77)
x, y = make_circles(1200, noise=0.08, factor=0.5, random_state=77)
x_train, x_test, y_train, y_test = train_test_split(x.astype("float32"), y, test_size=0.25, random_state=7)


class Residual(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.norm = layers.LayerNormalization()
        self.up = layers.Dense(2 * width, activation="gelu")
        self.down = layers.Dense(width)

    def call(self, x):
        return x + self.down(self.up(self.norm(x)))


class ResNet(keras.Model):
    def __init__(self, width=16, depth=3):
        super().__init__()
        self.stem = layers.Dense(width)
        self.blocks = [Residual(width) for _ in range(depth)]
        self.head = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        h = self.stem(x)
        for block in self.blocks:
            h = block(h)
        return self.head(h)


net = ResNet()
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
net.fit(x_train, y_train, validation_split=0.15, epochs=15, batch_size=32, verbose=2)
loss, accuracy = net.evaluate(x_test, y_test, verbose=0)
print(f"test loss {loss:.3f}, test accuracy {accuracy:.3f}")
