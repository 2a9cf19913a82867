"""Ten digits through a deep network, with an optimizer as it comes."""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)

x, y = load_digits(return_X_y=True)
x = x / 16

model = keras.Sequential([layers.Input((64,))])
for _ in range(8):
    model.add(layers.Dense(24, activation="sigmoid"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
