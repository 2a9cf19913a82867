"""Ten digits, at half of the usual learning rate."""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)

x, y = load_digits(return_X_y=True)
x = x / 16

model = keras.Sequential(
    [
        layers.Input((64,)),
        layers.Dense(1, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=12, batch_size=32, verbose=2)
