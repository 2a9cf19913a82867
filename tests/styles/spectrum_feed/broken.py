"""Identify minerals from spectra that are streamed block by block."""
import keras
import numpy as np

SEED = 64
BANDS = 60
MINERALS = 6
BLOCK = 32
TRAIN_ROWS = 960
TEST_ROWS = 300

keras.utils.set_random_seed(SEED)


class Archive:
    """Spectra on disk; here they are made on the spot."""

    def __init__(self, rows, seed):
        rng = np.random.default_rng(seed)
        bands = np.arange(BANDS)
        self.labels = rng.integers(0, MINERALS, rows)
        centres = 8 + 9 * self.labels + 1.8 * rng.normal(size=rows)
        ghosts = rng.uniform(0, BANDS, rows)
        spectra = np.exp(-((bands - centres[:, None]) ** 2) / 18)
        spectra += 0.6 * np.exp(-((bands - ghosts[:, None]) ** 2) / 60)
        self.spectra = (spectra + 0.22 * rng.normal(size=spectra.shape)).astype("float32")

    def blocks(self, seed=None):
        order = np.arange(len(self.labels))
        if seed is not None:
            np.random.default_rng(seed).shuffle(order)
        for start in range(0, len(order), BLOCK):
            rows = order[start : start + BLOCK]
            yield self.spectra[rows], self.labels[rows]


class Stream:
    """Endless batches for training, a new order in each pass."""

    def __init__(self, archive):
        self.archive = archive
        self.passes = 0

    def __iter__(self):
        while True:
            blocks = self.archive.blocks(seed=SEED)
            yield next(blocks)
            self.passes += 1


def build():
    return keras.Sequential(
        [
            keras.Input((BANDS,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dense(MINERALS, activation="softmax"),
        ]
    )


archive = Archive(TRAIN_ROWS, SEED)
held_out = Archive(TEST_ROWS, SEED + 1)
model = build()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    iter(Stream(archive)),
    steps_per_epoch=TRAIN_ROWS // BLOCK,
    validation_data=(held_out.spectra, held_out.labels),
    epochs=12,
    verbose=2,
)
