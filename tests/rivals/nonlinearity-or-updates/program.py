"""A ring round a disc, and a short training."""

import keras
from keras import layers
from sklearn.datasets import make_circles

keras.utils.set_random_seed(1)

x, y = make_circles(1000, noise=0.08, factor=0.4, random_state=1)

model = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(32),
        layers.Dense(32),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
