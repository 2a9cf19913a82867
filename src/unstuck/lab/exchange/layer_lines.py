"""The line of a layer at which it goes astray: with a small change of it, what it gives tells the targets."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.probe import Clock
from unstuck.evidence.upstream import CLEARLY, HeldPair, tried_on
from unstuck.lab.exchange.looking import look
from unstuck.lab.exchange.parts import Part
from unstuck.lab.exchange.variants import variants_of

#: A change mends where simple models come so much further from a constant answer to perfect with it.
BETTER = 0.3

#: Variants that are looked at, and seconds, for the time: each is one pass of the rows and simple models.
MOST, SECONDS = 60, 6.0

#: Numbers a row beyond which simple models take too long.
_WIDEST = 2048


@dataclass(frozen=True)
class LayerLine:
    """A line of a layer. `reads` is the statement with which what it gives tells the targets.

    `before` and `after` are what simple models reach from the layer's output in `measure` on rows held out,
    as it is and with that statement.
    """

    place: Place
    reads: str
    before: float
    after: float
    measure: str


def layer_line(
    part: Part, model: Any, layer: Any, rows: Any, targets: np.ndarray, *, classes: bool
) -> LayerLine | None:
    """The line whose change lets the layer's output tell the targets; None where no single one does.

    Args:
        part: the layer at fault.
        model: the user's model as it begins.
        layer: one layer of that part, in the model.
        rows: inputs of the model.
        targets: one class or number of each of these rows.
        classes: whether they are classes.
    """
    function, owner = _function(layer)
    if function is None or part.place is None:
        return None
    clock = Clock(SECONDS)
    before = _told(model, layer, None, rows, targets, classes=classes)
    if before is None:
        return None
    best: LayerLine | None = None
    most = max(CLEARLY, before.skill + BETTER)
    for variant in islice(variants_of(function), MOST):
        if not clock.left:
            break
        changed = variant.function if owner is None else types.MethodType(variant.function, owner)
        after = _told(model, layer, changed, rows, targets, classes=classes)
        if after is not None and after.skill > most:
            place, most = Place(file=part.place.file, line=variant.line), after.skill
            best = LayerLine(place, variant.reads, before.told.score, after.told.score, after.told.measure)
    return best


def _function(layer: Any) -> tuple[types.FunctionType | None, Any]:
    """The function that a layer computes with, and the layer where that is its method."""
    if type(layer).__name__ == "Lambda":
        return (layer.function, None) if isinstance(layer.function, types.FunctionType) else (None, None)
    method = getattr(type(layer), "call", None)
    return (method, layer) if isinstance(method, types.FunctionType) else (None, None)


def _told(
    model: Any,
    layer: Any,
    changed: Callable[..., Any] | None,
    rows: Any,
    targets: np.ndarray,
    *,
    classes: bool,
) -> Any:
    """What simple models find in what the layer gives; None where it gives no numbers a row."""
    name = "function" if type(layer).__name__ == "Lambda" else "call"
    kept = layer.function if name == "function" else None
    try:
        if changed is not None:
            object.__setattr__(layer, name, changed)
        made = look(model, rows)[layer.name].made
    except Exception:  # a variant that does not compute
        return None
    finally:
        if changed is not None and name == "function":
            object.__setattr__(layer, name, kept)
        elif changed is not None:
            vars(layer).pop(name, None)
    flat = np.asarray(made, np.float64).reshape(len(made), -1)
    if len(made) != len(targets) or flat.shape[1] > _WIDEST or not np.isfinite(flat).all():
        return None
    return tried_on(HeldPair("", "", flat, targets), classes=classes)
