"""From a seed to the text of a small program: data, model, compile, and the arguments of fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .pieces.inputs import ARRAYS, INPUTS, STREAMS
from .pieces.labels import LABELS
from .pieces.losses import DEFINITIONS, LOSSES, METRICS
from .pieces.networks import ACTIVATIONS, BUILDS, ENDS, FITS, OPTIMIZERS, TAILS, UNITS

#: How often a piece is drawn from all there are, not from those that go with the labels.
STRAY = 0.25

#: How often a program has what most have not: layers after the last Dense, a rare container, fit arguments.
RARE = 0.3

#: How often the rows come as a stream.
STREAM = 0.05

ROWS = 48

TEMPLATE = """\
import functools
import keras
import numpy as np
from keras import layers, ops

n, k, rng = {rows}, {classes}, np.random.default_rng({seed})
keras.utils.set_random_seed({seed})
X = {inputs}
Y = {labels}
{definitions}
u = {units}
loss, metrics = {loss}, [{metrics}]
body = [{body}]
head = [{head}]
{build}
model.compile(optimizer={optimizer}, loss=loss, metrics=metrics)
fit = dict(epochs=2, verbose=0, batch_size=16) | {fit}
{container}
"""


@dataclass(frozen=True)
class Program:
    """A program that unstuck judges: executed, its text defines model, X, Y, x, y, fit and loss.

    `streams` says that x is a stream, which only a watched fit can judge.
    """

    name: str
    text: str
    streams: bool = False


class Draw:
    """Random choices of one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def often(self, share: float) -> bool:
        """True in this share of the draws."""
        return bool(self.rng.random() < share)

    def one(self, pieces: Sequence[str] | Mapping[str, object]) -> str:
        """Any of the pieces."""
        return tuple(pieces)[int(self.rng.integers(len(pieces)))]

    def fitting(self, fitting: Sequence[str], every: Sequence[str]) -> str:
        """Mostly one of those that fit, now and then any."""
        return self.one(every if self.often(STRAY) else fitting)


def draw(seed: int, streams: Mapping[str, str] = STREAMS) -> Program:
    """The program of a seed; the same seed draws the same program from the same pieces."""
    draws = Draw(seed)
    kind = draws.one(("columns", "columns", *INPUTS))
    arrays, bodies = INPUTS[kind]
    labels = draws.one(LABELS)
    goes = LABELS[labels]
    loss = draws.fitting(LOSSES[goes.losses], [each for family in LOSSES.values() for each in family])
    stream = draws.often(STREAM)
    container = draws.one(streams) if stream else draws.one(ARRAYS) if draws.often(RARE) else "numpy"
    return Program(
        name=str(seed),
        streams=stream,
        text=TEMPLATE.format(
            rows=ROWS,
            classes=draws.one(("2", "3", "4", "5")),
            seed=seed,
            inputs=draws.one((arrays[0], *arrays)),
            labels=labels,
            definitions=DEFINITIONS.get(loss, ""),
            units=draws.fitting((goes.units,), UNITS),
            loss=loss,
            metrics=draws.fitting(goes.metrics, METRICS),
            body=draws.one((bodies[0], *bodies)),
            head=_head(draws, goes.activations),
            build=_build(draws),
            optimizer=draws.one(OPTIMIZERS),
            fit=draws.one(FITS) if draws.often(RARE) else "{}",
            container={**ARRAYS, **streams}[container],
        ),
    )


def _head(draws: Draw, activations: Sequence[str]) -> str:
    """The last Dense, and now and then what follows it."""
    activation = draws.fitting(activations, ACTIVATIONS)
    last = f"layers.Dense(u, activation={activation})"
    return f"{last}, {draws.one(TAILS)}" if draws.often(RARE) else last


def _build(draws: Draw) -> str:
    """How the model is built of its layers."""
    end = draws.one(ENDS) if draws.often(RARE) else "t"
    return BUILDS[draws.one(BUILDS)].format(end=end)
