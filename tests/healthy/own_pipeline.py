"""A recorder of machine sounds with its own pipeline: windows are cut, shuffled, scaled and handed out for ever."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(24)


class Recordings:
    """Waves of three machines; each window starts anywhere in one of the recordings."""

    def __init__(self, recordings, length=48, seed=24):
        self.rng = np.random.default_rng(seed)
        self.length, self.seed = length, seed
        self.waves, self.machines = [], []
        for number in range(recordings):
            machine = number % 3
            pitch = self.rng.normal([0.25, 0.45, 0.8][machine], 0.03)
            time = np.arange(600)
            wave = np.sin(pitch * time) + 0.4 * np.sin(2.1 * pitch * time) + self.rng.normal(0, 0.6, 600)
            self.waves.append(wave * self.rng.uniform(0.5, 2))
            self.machines.append(machine)

    def window(self, number, start):
        cut = self.waves[number][start : start + self.length]
        return (cut - cut.mean()) / cut.std()

    def fixed(self, n):
        rng = np.random.default_rng(self.seed + 1)
        numbers, starts = rng.integers(0, len(self.waves), n), rng.integers(0, 600 - self.length, n)
        x = np.stack([self.window(a, b) for a, b in zip(numbers, starts)])
        return x[..., None].astype("float32"), np.array(self.machines)[numbers]

    def batches(self, size):
        while True:
            numbers = self.rng.integers(0, len(self.waves), size)
            starts = self.rng.integers(0, 600 - self.length, size)
            x = np.stack([self.window(a, b) for a, b in zip(numbers, starts)])
            yield x[..., None].astype("float32"), np.array(self.machines)[numbers]


train, test = Recordings(30, seed=24), Recordings(12, seed=99)
model = keras.Sequential(
    [
        layers.Input((48, 1)),
        layers.Conv1D(12, 9, strides=2, activation="relu"),
        layers.Conv1D(16, 5, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train.batches(32), steps_per_epoch=30, epochs=6, validation_data=test.fixed(300), verbose=2)
print("machines not heard before:", round(model.evaluate(*test.fixed(600), verbose=0)[1], 3))
