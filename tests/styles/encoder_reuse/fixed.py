"""An encoder trained on many digits serves a task with few labelled rows."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(113)


def encoder():
    return keras.Sequential([
        keras.Input((64,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(6, activation="tanh"),
    ], name="encoder")


def with_head(enc, classes, name):
    inp = keras.Input((64,))
    return keras.Model(inp, layers.Dense(classes, activation="softmax")(enc(inp)), name=name)


def frozen_copy(enc):
    copy = keras.models.clone_model(enc)
    copy.set_weights(enc.get_weights())
    copy.trainable = False
    return copy


x, y = load_digits(return_X_y=True)
x = (x / 16.0).astype("float32")
order = np.random.default_rng(0).permutation(len(x))
many, few, test = order[:1100], order[1100:1400], order[1400:]

enc = encoder()
source = with_head(enc, 10, "source")
source.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
source.fit(x[many], y[many], batch_size=32, epochs=8, verbose=2)

low_high = (y % 5).astype("int64")
target = with_head(frozen_copy(enc), 5, "target")
target.compile(keras.optimizers.Adam(2e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
target.fit(x[few], low_high[few], batch_size=16, epochs=20, validation_data=(x[test], low_high[test]))
print("target task:", target.evaluate(x[test], low_high[test], verbose=0)[1])
