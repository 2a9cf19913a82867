"""How many crosses are on the picture? Filters find them, and the answer is the sum over all places."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)


class SumOverPlaces(layers.Layer):
    def call(self, maps):
        return ops.sum(maps, axis=(1, 2))


def draw(n, side=14):
    pictures, counts = rng.normal(0, 0.15, (n, side, side, 1)), rng.integers(0, 7, n)
    for picture, count in zip(pictures, counts):
        places = rng.permutation(16)[:count]
        for row, column in zip(1 + 3 * (places // 4), 1 + 3 * (places % 4)):
            row, column = row + rng.integers(0, 2), column + rng.integers(0, 2)
            picture[row - 1 : row + 2, column] += 0.7
            picture[row, column - 1 : column + 2] += 0.7
    return pictures.astype("float32"), counts.astype("float32")


x_train, y_train = draw(1000)
x_test, y_test = draw(300)
model = keras.Sequential(
    [
        layers.Input((14, 14, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(
            1, 3, padding="same", activation="softplus", bias_initializer=keras.initializers.Constant(-4)
        ),
        SumOverPlaces(),
    ]
)
model.compile(keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=10, batch_size=32, validation_data=(x_test, y_test), verbose=2)
guess = model.predict(x_test, verbose=0)[:, 0]
print("mean error:", round(float(np.abs(guess - y_test).mean()), 3), "of", round(float(y_test.std()), 2))
print("counted right:", round(float((guess.round() == y_test).mean()), 3))
