"""Feeds windows of a three-axis sensor to the network."""
import keras
import numpy as np

MOVES = ("still", "walk", "run", "stairs")


def window(move, steps, rng):
    t = np.arange(steps) / 20.0
    rate, strength = ((0.0, 0.0), (1.8, 0.7), (3.0, 1.6), (1.6, 1.0))[move]
    phase = rng.random() * 6.28
    x = strength * np.sin(6.28 * rate * t + phase)
    y = 0.6 * strength * np.cos(12.56 * rate * t + phase)
    z = 0.4 * strength * np.sin(6.28 * rate * t) + (0.5 * t if move == 3 else 0.0)
    return np.stack([x, y, z], axis=1) + rng.normal(0, 0.35, (steps, 3))


def recordings(n, steps, seed):
    rng = np.random.default_rng(seed)
    moves = rng.integers(0, len(MOVES), n)
    windows = np.stack([window(m, steps, rng) for m in moves]).astype("float32")
    return windows, moves


class Feed(keras.utils.PyDataset):
    def __init__(self, windows, moves, batch=32, mix=True, noise=0.05, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.windows, self.moves = windows, moves
        self.batch, self.mix, self.noise = batch, mix, noise
        self.rng = np.random.default_rng(seed)
        self.order = np.arange(len(windows))
        self.on_epoch_end()

    def on_epoch_end(self):
        if self.mix:
            self.rng.shuffle(self.order)

    def __len__(self):
        return len(self.order) // self.batch

    def inputs(self, rows):
        windows = self.windows[self.order[rows]]
        if self.noise:
            windows = windows + self.rng.normal(0, self.noise, windows.shape)
        return windows.astype("float32")

    def targets(self, rows):
        return self.moves[rows]

    def __getitem__(self, index):
        rows = slice(index * self.batch, (index + 1) * self.batch)
        return self.inputs(rows), self.targets(rows)
