"""A term that the user's own code adds to the loss, beside what the answers cost."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from unstuck.evidence.definitions import line_in_classes
from unstuck.evidence.facts import AddedTerm, Place
from unstuck.evidence.layers import is_keras
from unstuck.evidence.probe import Probe, state_of
from unstuck.evidence.sample import samples
from unstuck.watch.backend import backend
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen


def read_added_term(
    model: Any, training: Rows, names: Sequence[str], initial_weights: Sequence[np.ndarray] | None
) -> AddedTerm | None:
    """What `add_loss` adds on sample rows, at the initial and at the last weights.

    None where no code of the user's calls it, the model has several outputs or the initial weights were
    not kept; penalties on weights are left out only where there are none.
    """
    place = _line_of_add_loss(model)
    if place is None or initial_weights is None or len(names) != 1 or _weights_are_penalised(model):
        return None
    probe = Probe(model, backend(), tuple(names))
    start, end = state_of(model, probe.backend, initial_weights), state_of(model, probe.backend)
    if start is None or end is None:
        return None
    batch = samples(training, None, {}, own=probe.batch_size)[0].batch(0)
    with unseen(model):
        forward = probe.forward()
        before, after = (probe.answer(forward, state, batch) for state in (start, end))
    answers = next(iter(after.outputs.values())).astype(np.float64)
    return AddedTerm(
        at_start=before.penalty,
        at_end=after.penalty,
        loss=next(iter(after.losses.values()), float("nan")),
        answers_spread=float(np.sqrt(answers.var(axis=0).mean())),
        entries=int(np.prod(answers.shape[1:])),
        place=place,
    )


def _weights_are_penalised(model: Any) -> bool:
    return any(getattr(each, "regularizer", None) is not None for each in model.trainable_variables)


def _line_of_add_loss(model: Any) -> Place | None:
    """The first line of the model's or a layer's own class that calls add_loss, None for none."""
    own = [type(layer) for layer in model._flatten_layers() if not is_keras(type(layer))]
    return line_in_classes(own, _adds_loss)


def _adds_loss(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_loss"
