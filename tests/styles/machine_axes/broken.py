"""Which pairs of six vibration sensors move together? Four kinds of mounting."""
import keras
import numpy as np
from keras import layers

CHANNELS, SAMPLES, KINDS = 6, 64, 4
keras.utils.set_random_seed(107)


def record(n, seed):
    """Recordings as the logger writes them: n x channels x samples."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, KINDS, n)
    first = np.where(kind % 2 == 0, 1.0, -1.0)[:, None]
    second = np.where(kind // 2 == 0, 1.0, -1.0)[:, None]
    wave = rng.normal(0, 1.0, (n, CHANNELS, SAMPLES))
    wave[:, 1] = first * wave[:, 0] + 0.3 * wave[:, 1]
    wave[:, 3] = second * wave[:, 2] + 0.3 * wave[:, 3]
    return wave.astype("float32"), kind


def for_model(recordings):
    """The layers want time first, then the channels."""
    return recordings.reshape(-1, SAMPLES, CHANNELS)


def network():
    inp = keras.Input((SAMPLES, CHANNELS))
    h = layers.Conv1D(32, 3, padding="same", activation="relu")(inp)
    h = layers.GlobalAveragePooling1D()(h)
    h = layers.Dense(32, activation="relu")(h)
    return keras.Model(inp, layers.Dense(KINDS, activation="softmax")(h))


x_train, y_train = record(800, seed=0)
x_val, y_val = record(300, seed=1)
x_train, x_val = for_model(x_train), for_model(x_val)
print("input", x_train.shape[1:])
model = network()
model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=10, validation_data=(x_val, y_val))
