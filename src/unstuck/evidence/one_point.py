"""Whether rows that a loss compares with each other are all answered by one point, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from unstuck.evidence.class_numbers import class_numbers
from unstuck.evidence.facts import Head, OnePoint
from unstuck.evidence.probe import Probe, State, state_of, tensors
from unstuck.evidence.sample import leaves, samples
from unstuck.watch.backend import backend
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: Made-up points that the loss must all count the same; three do by chance only where it ignores them.
_POINTS = 3

#: Float32 sums of squared distances between far points are off by some 1e-5 of the loss.
_CLOSE = 1e-3

#: Parts that one answer can hold: a triplet's three.
_PARTS = (1, 2, 3)

#: Rows that are compared where the fit's batch size is not known: Keras's own.
_ROWS = 32


def read_one_point(
    model: Any,
    training: Rows,
    heads: Mapping[str, Head],
    batch_rows: int | None,
    initial: Sequence[np.ndarray] | None,
) -> OnePoint | None:
    """How far the answers to a batch lie apart, and what the loss gives for made-up points.

    None where the loss depends on where one common point lies, so that it compares the answers with something
    else than each other, and where it cannot be asked. The model is left as it is.

    Args:
        model: the model, after the fit, with one output.
        training: its rows.
        heads: how its output ends.
        batch_rows: the rows of one of fit's batches, as a loss may depend on how many are compared.
        initial: the weights before the fit, None where they were not kept.
    """
    probe = Probe(model, backend(), tuple(heads))
    state = state_of(model, probe.backend)
    if state is None or not leaves(training.y):
        return None
    batch = samples(training, None, heads, own=probe.batch_size)[0].batch(0)
    batch = batch if probe.batch_size else batch.thinned(batch_rows or _ROWS)
    asked = tensors(batch.x), tensors(batch.y)

    def cost(answers: np.ndarray) -> float:
        found = probe.losses(state, *asked, tensors(answers.astype("float32")), True)
        return float(np.mean(probe.backend.to_numpy(next(iter(found.values())))))

    with unseen(model):
        forward = probe.forward()
        answers = _only(probe.answer(forward, state, batch, losses=False).outputs)
        begun = None if initial is None else state_of(model, probe.backend, initial)
        began = _length(_first(probe, forward, begun, batch)) if begun is not None else None
        try:
            found = _asked(cost, answers, leaves(batch.y))
            now = cost(answers)
        except Exception:  # a loss of the user's that takes no other answers than those it was written for
            return None
        if found is None:
            return None
    points = answers.reshape(-1, found[0]).astype(np.float64)
    return OnePoint(
        rows=len(answers),
        spread=_length(points - points.mean(axis=0)),
        norm=_length(points),
        norm_at_start=None if began is None else began * (found[0] / answers.shape[-1]) ** 0.5,
        loss=now,
        at_one_point=found[1],
        apart=found[2],
    )


def _first(probe: Probe, forward: Any, state: State, batch: Any) -> np.ndarray:
    answers = _only(probe.answer(forward, state, batch, losses=False).outputs)
    return answers.reshape(-1, answers.shape[-1])


def _only(outputs: Mapping[str, np.ndarray]) -> np.ndarray:
    return next(iter(outputs.values()))


def _length(points: np.ndarray) -> float:
    """The root mean square length of rows of numbers."""
    return float(np.sqrt((points.astype(np.float64) ** 2).sum(axis=-1).mean()))


def _asked(cost: Any, answers: np.ndarray, targets: list[Any]) -> tuple[int, float, float] | None:
    """The numbers in a point, the cost of one point for all, and the least cost of points that lie apart.

    None where no way to read the answers as points makes the loss independent of where the one point is.
    """
    size, draw = answers.shape[-1], np.random.default_rng(0)
    for parts in _PARTS:
        numbers = size // parts
        if size % parts or numbers < 2:
            continue
        shape = (len(answers), int(np.prod(answers.shape[1:])) // numbers, numbers)
        made = [np.broadcast_to(draw.normal(size=numbers), shape) for _ in range(_POINTS)]
        costs = [cost(each.reshape(answers.shape)) for each in made]
        if not np.isfinite(costs).all() or np.ptp(costs) > _CLOSE * max(map(abs, costs)):
            continue
        kinds = class_numbers(np.asarray(targets[0])) if len(targets) == 1 else None
        apart = [cost(each.reshape(answers.shape)) for each in _apart(shape, kinds, draw)]
        return numbers, float(np.mean(costs)), float(np.nanmin(apart))
    return None


def _apart(
    shape: tuple[int, int, int], kinds: np.ndarray | None, draw: np.random.Generator
) -> Iterator[np.ndarray]:
    """Answers whose points differ: by row, by label, by the place in a pair or triplet, by that and label."""
    rows, places, numbers = shape
    yield np.broadcast_to(draw.normal(size=(rows, 1, numbers)), shape)
    which = None
    if kinds is not None and len(kinds) == rows:
        levels, which = np.unique(kinds, return_inverse=True)
        which = which.reshape(-1)
        yield np.broadcast_to(draw.normal(size=(len(levels), 1, numbers))[which], shape)
    one, other = draw.normal(size=(2, numbers))
    for place in range(min(places, _PARTS[-1])) if places > 1 else ():
        yield _moved(shape, one, other, place, np.ones(rows, bool))
        for level in (0, 1) if which is not None else ():
            yield _moved(shape, one, other, place, np.asarray(which == level))


def _moved(
    shape: tuple[int, int, int], one: np.ndarray, other: np.ndarray, place: int, rows: np.ndarray
) -> np.ndarray:
    """One point for all, but another one at a place of some rows."""
    points = np.broadcast_to(one, shape).copy()
    points[rows, place] = other
    return points
