"""House prices in dollars from standardised columns."""

import keras
from keras import layers
from sklearn.datasets import make_regression

keras.utils.set_random_seed(1)

x, y = make_regression(1000, 8, n_informative=6, noise=5.0, random_state=1)
y = 300000 + 500 * y

model = keras.Sequential(
    [
        layers.Input((8,)),
        layers.Dense(32, activation="tanh"),
        layers.Dense(32, activation="tanh"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit(x, y, epochs=15, batch_size=32, verbose=2)
