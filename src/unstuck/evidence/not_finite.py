"""Where a loss that is not a number comes from: the first layer whose values or gradient are none."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from typing import Any

from unstuck.evidence.definitions import definition_of
from unstuck.evidence.facts import Evidence, NotFinite, Place
from unstuck.evidence.flow import TappedCall, gradients_by_call, shapes_of
from unstuck.evidence.kinds import words
from unstuck.evidence.layers import is_keras, kind_of
from unstuck.evidence.probe import Probe, state_of, tensors
from unstuck.evidence.sample import samples
from unstuck.watch.backend import backend
from unstuck.watch.observation import Observation
from unstuck.watch.places import defined_at, is_library
from unstuck.watch.unseen import unseen

#: Batches of rows that are gone through: a few rows may be the only ones on which it happens.
_MOST_BATCHES = 8

#: Functions whose value is infinite or no number for some numbers, and those whose slope is where the value
#: is not: the root of 0, the deviation of equal numbers, the arc cosine of 1.
_VALUES = words(
    "log log1p log2 divide true_divide reciprocal rsqrt power exp logsumexp arccos arcsin sqrt norm"
)
_SLOPES = words("sqrt norm std power arccos arcsin rsqrt log divide reciprocal normalize")


def read_not_finite(seen: Observation, evidence: Evidence) -> NotFinite | None:
    """The first layer, or the loss, that is no number with the weights that the training began with.

    None where the training met none, or the weights that it began with show none.
    """
    initial = seen.vitals.initial_weights if seen.vitals is not None else None
    if initial is None or seen.training is None or not _was_met(evidence):
        return None
    probe = Probe(seen.model, backend(), tuple(output.name for output in evidence.outputs))
    state = state_of(seen.model, probe.backend, initial)
    if state is None:
        return None
    sample = samples(seen.training, None, {}, own=probe.batch_size)[0]
    with unseen(seen.model):
        for number in range(min(_MOST_BATCHES, len(sample.indices))):
            batch = sample.batch(number)
            try:
                asked = (probe, state, tensors(batch.x), tensors(batch.y))
                found = _first(*asked)
            except Exception:  # no loss on these rows, or layers that take no more than their own tensors
                return None
            if found is not None:
                return found
    return None


def _was_met(evidence: Evidence) -> bool:
    losses = [value for output in evidence.outputs if output.curve for value in output.curve.loss]
    variables = evidence.dynamics.variables if evidence.dynamics is not None else ()
    return any(not math.isfinite(each) for each in losses) or any(each.nonfinite for each in variables)


def _first(probe: Probe, state: Any, x: Any, y: Any) -> NotFinite | None:
    shapes = shapes_of(probe, state, x)
    values, gradients, loss = gradients_by_call(probe, state, shapes, x, y)
    calls = list(zip(shapes.calls, values, strict=True))
    for call, spread in calls:
        if not math.isfinite(spread):
            return _in_layer(call, "value")
    if not math.isfinite(loss):
        return NotFinite(kind="loss", what="value")
    for call, _ in reversed(calls):
        behind = gradients[call.after] if call.after is not None else 0.0
        before = gradients[call.before] if call.before is not None else 0.0
        if not math.isfinite(behind):
            return NotFinite(kind="loss", what="gradient") if call is calls[-1][0] else None
        if not math.isfinite(before):
            return _in_layer(call, "gradient")
    return None


def _in_layer(call: TappedCall, what: str) -> NotFinite:
    layer = call.layer
    own = not is_keras(type(layer)) or kind_of(layer) == "Lambda"
    place = _line(layer, _VALUES if what == "value" else _SLOPES) if own else None
    return NotFinite(
        layer=layer.name,
        kind=kind_of(layer),
        what="value" if what == "value" else "gradient",
        custom=own,
        place=place,
    )


def _line(layer: Any, names: Sequence[str] | frozenset[str]) -> Place | None:
    """The first line of a layer's own code that may give no number, else where that code begins."""
    function: Any = layer.function if kind_of(layer) == "Lambda" else type(layer).call
    begins, defined = defined_at(function), definition_of(function)
    if begins is None or defined is None or is_library(begins.file):
        return begins if begins is not None and not is_library(begins.file) else None

    def risks(node: ast.AST) -> bool:
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Div | ast.Pow) and not isinstance(node.right, ast.Constant)
        if not isinstance(node, ast.Call):
            return False
        return getattr(node.func, "attr", getattr(node.func, "id", "")) in names

    line = defined.line_of(risks)
    return begins if line is None else Place(file=begins.file, line=line)
