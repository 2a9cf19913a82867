"""Ten digits from raw counts of pixels, in big steps."""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)

x, y = load_digits(return_X_y=True)
x = 4 * x  # each value counts four pictures

model = keras.Sequential(
    [
        layers.Input((64,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
