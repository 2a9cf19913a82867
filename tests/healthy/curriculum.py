"""Easy digits first, then those under heavy noise: the second fit goes on with the weights of the first."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(25)
rng = np.random.default_rng(25)

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x / 16, y, test_size=0.25, random_state=25)
noise = rng.uniform(0.0, 0.6, len(x_train))
x_train = (x_train + noise[:, None] * rng.normal(size=x_train.shape)).astype("float32")
x_test = (x_test + 0.3 * rng.normal(size=x_test.shape)).astype("float32")


def network():
    inputs = keras.Input((64,))
    h = layers.Dense(96, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4))(inputs)
    h = layers.Dropout(0.3)(h)
    return keras.Model(inputs, layers.Dense(10)(h))


model = network()
model.compile(
    keras.optimizers.Adam(0.002),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
easy = noise < 0.25
print(f"{easy.sum()} easy digits")
model.fit(x_train[easy], y_train[easy], epochs=8, batch_size=32, validation_data=(x_test, y_test), verbose=2)
print("all of them")
model.optimizer.learning_rate = 0.0005
model.fit(
    x_train, y_train, epochs=16, initial_epoch=8, batch_size=32, validation_data=(x_test, y_test), verbose=2
)
print("noisy test digits:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
