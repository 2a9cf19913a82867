"""Mark in a vibration record, sample by sample, where a knock is under way."""
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import layers


@dataclass
class Options:
    seed: int = 17
    length: int = 64
    records: int = 900
    filters: int = 12
    epochs: int = 6
    batch: int = 32
    loss: dict = field(default_factory=lambda: {"from_logits": True})


def record(length, rng):
    wave = rng.normal(0, 0.5, length)
    track = np.zeros(length)
    for _ in range(rng.integers(1, 4)):
        start = rng.integers(0, length - 20)
        width = rng.integers(10, 20)
        t = np.arange(width)
        wave[start : start + width] += 2.5 * np.exp(-t / 12) * np.sin(2.1 * t + rng.random())
        track[start : start + width] = 1
    return wave, track


def records(n, length, seed):
    rng = np.random.default_rng(seed)
    waves, tracks = zip(*(record(length, rng) for _ in range(n)))
    return np.array(waves, "float32")[..., None], np.array(tracks, "float32")


def marker(options):
    wave = keras.Input((options.length, 1))
    x = wave
    for _ in range(2):
        y = layers.Conv1D(options.filters, 9, padding="same")(x)
        y = layers.Activation("relu")(y)
        x = layers.Concatenate()([x, y])
    x = layers.Conv1D(1, 1, activation="sigmoid")(x)
    return keras.Model(wave, layers.Reshape((options.length,))(x))


def overlap(track, marked):
    both = np.logical_and(track, marked).sum()
    return both / np.logical_or(track, marked).sum()


def main(options):
    keras.utils.set_random_seed(options.seed)
    waves, tracks = records(options.records, options.length, 1)
    test_waves, test_tracks = records(240, options.length, 2)
    print(f"share of samples inside a knock: {tracks.mean():.3f}")

    model = marker(options)
    model.compile(
        optimizer=keras.optimizers.Adam(4e-3),
        loss=keras.losses.BinaryCrossentropy(**options.loss),
        metrics=[keras.metrics.BinaryAccuracy(name="acc")],
    )
    model.fit(
        waves,
        tracks,
        validation_data=(test_waves, test_tracks),
        epochs=options.epochs,
        batch_size=options.batch,
        verbose=2,
    )
    marked = model.predict(test_waves, verbose=0) > 0.5
    print(f"overlap with the true knocks: {overlap(test_tracks > 0, marked):.4f}")


main(Options())
