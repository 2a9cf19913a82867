"""Layers compute in bfloat16, the weights and the last layer stay in float32."""

import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(7)
keras.mixed_precision.set_global_policy("mixed_bfloat16")

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")

inputs = keras.Input((64,))
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dense(64, activation="relu")(h)
outputs = layers.Dense(10, dtype="float32", activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:1400], y[:1400], batch_size=32, epochs=12, validation_data=(x[1400:], y[1400:]), verbose=2)
print("accuracy:", round(model.evaluate(x[1400:], y[1400:], verbose=0)[1], 3))
