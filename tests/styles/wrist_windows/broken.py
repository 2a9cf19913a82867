"""Which gesture of the wrist: windows of six inertial channels, convolution over time."""
from dataclasses import dataclass

import keras
import numpy as np


@dataclass
class Setup:
    seed: int = 5
    windows: int = 700
    steps: int = 160
    gesture: int = 12
    noise: float = 0.35
    rate: float = 0.004
    epochs: int = 10
    batch: int = 32
    kinds: tuple = ("tap", "swipe", "shake", "press")


setup = Setup()
keras.utils.set_random_seed(setup.seed)

CHANNELS = {"ax": 1.0, "ay": -0.8, "az": 0.6, "gx": 0.9, "gy": -0.5, "gz": 0.7}


def shape_of(kind):
    t = np.linspace(0, 1, setup.gesture)
    if kind == "tap":
        return 1.6 * np.exp(-(((t - 0.2) / 0.1) ** 2))
    if kind == "swipe":
        return 1.4 * np.sin(2 * np.pi * t)
    if kind == "shake":
        return 1.2 * np.sin(8 * np.pi * t)
    return 1.2 * np.sin(np.pi * t)


def record(rng, kind):
    start = rng.integers(0, setup.steps - setup.gesture)
    channels = []
    for gain in CHANNELS.values():
        signal = setup.noise * rng.normal(size=setup.steps)
        signal[start : start + setup.gesture] += gain * shape_of(kind)
        channels.append(signal)
    return np.stack(channels, axis=0)


def collect():
    rng = np.random.default_rng(setup.seed)
    labels = rng.integers(0, len(setup.kinds), setup.windows)
    windows = np.stack([record(rng, setup.kinds[label]) for label in labels])
    return windows.astype("float32"), labels


def build(shape):
    inputs = keras.Input(shape)
    x = keras.layers.Conv1D(16, 7, activation="relu", padding="same")(inputs)
    x = keras.layers.Conv1D(24, 7, activation="relu", padding="same")(x)
    x = keras.layers.GlobalMaxPooling1D()(x)
    outputs = keras.layers.Dense(len(setup.kinds), activation="softmax")(x)
    return keras.Model(inputs, outputs)


windows, labels = collect()
cut = len(windows) * 3 // 4
model = build(windows.shape[1:])
model.compile(
    optimizer=keras.optimizers.Adam(setup.rate),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    windows[:cut],
    labels[:cut],
    validation_data=(windows[cut:], labels[cut:]),
    epochs=setup.epochs,
    batch_size=setup.batch,
    verbose=2,
)
guess = model.predict(windows[cut:], verbose=0).argmax(axis=1)
print("accuracy on unseen windows", np.mean(guess == labels[cut:]))
