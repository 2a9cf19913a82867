"""Two kinds of tissue on small slides; dataclass settings, functional net."""
from dataclasses import dataclass, field

import keras
import numpy as np


@dataclass
class NetSettings:
    filters: list = field(default_factory=lambda: [8, 16])
    momentum: float = 0.8
    dropout: float = 0.1


@dataclass
class RunSettings:
    seed: int = 33
    rows: int = 700
    side: int = 16
    epochs: int = 8
    batch: int = 64
    rate: float = 0.005
    net: NetSettings = field(default_factory=NetSettings)


def slides(settings):
    """Healthy tissue has fine stripes, the other coarse ones; stain differs by slide."""
    rng = np.random.default_rng(settings.seed)
    grid = np.arange(settings.side)
    images, labels = [], rng.integers(0, 2, settings.rows)
    for label in labels:
        period = 3.0 if label else 5.0
        angle = rng.uniform(0, np.pi)
        wave = np.cos(angle) * grid[:, None] + np.sin(angle) * grid[None, :]
        image = 40 + 12 * np.sin(2 * np.pi * (wave / period + rng.random()))
        images.append(image + 6 * rng.normal(size=image.shape))
    return (np.stack(images)[..., None] / 10).astype("float32"), labels.astype("float32")


def conv_block(x, filters, net):
    x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(momentum=net.momentum)(x)
    x = keras.layers.ReLU()(x)
    return keras.layers.MaxPooling2D()(x)


def build(settings):
    inputs = keras.Input((settings.side, settings.side, 1))
    x = inputs
    for filters in settings.net.filters:
        x = conv_block(x, filters, settings.net)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(settings.net.dropout)(x)
    outputs = keras.layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(settings.rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main(settings):
    keras.utils.set_random_seed(settings.seed)
    x, y = slides(settings)
    edge = int(0.75 * len(x))
    model = build(settings)
    model.fit(
        x[:edge],
        y[:edge],
        validation_data=(x[edge:], y[edge:]),
        epochs=settings.epochs,
        batch_size=settings.batch,
        verbose=2,
    )
    print("training slides again:", model.evaluate(x[:edge], y[:edge], verbose=0))


main(RunSettings())
