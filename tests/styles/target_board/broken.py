"""Which ring of the board did the dart hit? Polar structure from plain coordinates."""
import keras
import numpy as np
from keras import layers

from board import stack

SEED = 41
RINGS = 4


def throws(count, rng):
    angle = rng.uniform(0, 2 * np.pi, count)
    ring = rng.integers(0, RINGS, count)
    radius = 0.15 + 0.5 * ring + rng.uniform(0.0, 0.42, count)
    xy = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    wind = rng.normal(size=(count, 2))
    return np.concatenate([xy, wind], axis=1).astype("float32"), ring.astype("int32")


class Throws(keras.utils.PyDataset):
    def __init__(self, x, y, batch, seed, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch = x, y, batch
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(x))

    def __len__(self):
        return int(np.ceil(len(self.x) / self.batch))

    def __getitem__(self, index):
        rows = self.order[index * self.batch : (index + 1) * self.batch]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.x))


def main():
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    x, y = throws(3000, rng)
    x_test, y_test = throws(800, rng)

    inputs = keras.Input((x.shape[1],))
    hidden = stack(inputs, [64, 64, 32])
    outputs = layers.Dense(RINGS, activation="softmax")(hidden)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        Throws(x, y, 64, SEED),
        validation_data=(x_test, y_test),
        epochs=15,
        verbose=2,
    )
    guess = model.predict(x_test, verbose=0).argmax(axis=1)
    table = np.zeros((RINGS, RINGS), int)
    np.add.at(table, (y_test, guess), 1)
    print(table)
    print("accuracy", round(float((guess == y_test).mean()), 3))


if __name__ == "__main__":
    main()
