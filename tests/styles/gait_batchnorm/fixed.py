"""Three gaits from accelerometer windows."""
import keras
import numpy as np
from keras import layers

NORM = {"momentum": 0.9, "epsilon": 1e-3}
EPOCHS = 5
keras.utils.set_random_seed(59)


def gait(n, seed):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, n)
    t = np.arange(64) / 10.0
    rate = np.array([1.2, 1.9, 2.8])[kind][:, None]
    phase = rng.uniform(0, 6.28, (n, 1))
    up = 9.81 + 2 * np.sin(rate * t + phase) + rng.normal(0, 0.5, (n, 64))
    side = 0.8 * np.cos(0.5 * rate * t + phase) + rng.normal(0, 0.5, (n, 64))
    return np.stack([up, side], axis=-1).astype("float32"), kind


def conv(x, filters):
    x = layers.Conv1D(filters, 5, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(**NORM)(x)
    x = layers.Activation("relu")(x)
    return layers.MaxPooling1D(2)(x)


def network():
    inp = keras.Input((64, 2))
    x = conv(inp, 16)
    x = conv(x, 24)
    x = conv(x, 32)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inp, layers.Dense(3, activation="softmax")(x))


x_train, y_train = gait(900, seed=0)
x_val, y_val = gait(300, seed=1)
model = network()
model.compile(keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=EPOCHS, validation_data=(x_val, y_val))
print("on the training rows:", model.evaluate(x_train, y_train, verbose=0))
