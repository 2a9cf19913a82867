"""A large-margin classifier, trained with the hinge loss."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_moons

keras.utils.set_random_seed(73)
WATCH = None


def moons(n, seed):
    x, y = make_moons(n, noise=0.15, random_state=seed)
    return x.astype("float32"), (2 * y - 1).astype("float32")[:, None]


def sign_accuracy(y_true, y_pred):
    return keras.ops.mean(keras.ops.cast(keras.ops.equal(y_true > 0, y_pred > 0), "float32"), axis=-1)


def machine():
    point = keras.Input((2,))
    h = layers.Dense(32, activation="relu")(point)
    h = layers.Dense(32, activation="relu")(h)
    return keras.Model(point, layers.Dense(1, activation="tanh")(h))


x_train, y_train = moons(1200, 0)
x_test, y_test = moons(400, 1)
svm = machine()
svm.compile(optimizer=keras.optimizers.Adam(5e-3), loss="hinge", metrics=[sign_accuracy])
log = svm.fit(x_train, y_train, epochs=10, batch_size=32, validation_data=(x_test, y_test))
print({k: round(v[-1], 3) for k, v in log.history.items()})
