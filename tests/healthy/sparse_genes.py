"""Sixty patients, 400 genes, five of which count: a strong L1 penalty is meant, and the loss is mostly penalty."""

import keras
import numpy as np

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

genes = rng.normal(size=(360, 400)).astype("float32")
effect = np.zeros(400)
effect[[7, 60, 123, 250, 301]] = [2.0, -1.7, 1.5, -1.4, 1.8]
marker = (genes @ effect + rng.normal(0, 0.5, 360)).astype("float32")
x_train, y_train, x_test, y_test = genes[:60], marker[:60], genes[60:], marker[60:]

model = keras.Sequential(
    [
        keras.Input((400,)),
        keras.layers.Dense(1, kernel_initializer="zeros", kernel_regularizer=keras.regularizers.L1(0.2)),
    ]
)
model.compile(keras.optimizers.Adam(0.02), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=200, batch_size=30, validation_data=(x_test, y_test), verbose=0)

guess = model.predict(x_test, verbose=0)[:, 0]
print("R2 on new patients:", round(1 - np.mean((y_test - guess) ** 2) / np.var(y_test), 3))
print("genes kept:", np.flatnonzero(np.abs(model.get_weights()[0][:, 0]) > 0.3))
