"""Batches of 8 fit into memory; the optimizer takes one step for every four of them."""

import keras
from keras import layers
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(10)
x, y = make_friedman1(1000, noise=1.0, random_state=10)
y = ((y - y.mean()) / y.std())[:, None]
x_train, x_test, y_train, y_test = train_test_split(x.astype("float32"), y.astype("float32"), random_state=10)

model = keras.Sequential(
    [
        layers.Input((10,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
optimizer = keras.optimizers.Adam(learning_rate=0.01, gradient_accumulation_steps=4)
model.compile(optimizer, loss="mse", metrics=[keras.metrics.R2Score()])
model.fit(x_train, y_train, batch_size=8, epochs=8, validation_data=(x_test, y_test), verbose=2)
print("R2 on new rows:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
