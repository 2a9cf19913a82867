"""The line of a loss at which it goes astray: where a small change turns its pull towards the labels."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeGuard

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.syntax import parsed
from unstuck.lab.exchange.parts import Part
from unstuck.lab.exchange.score import Range
from unstuck.lab.exchange.variants import variants_of
from unstuck.lab.steering import SETS_WEIGHTS
from unstuck.watch.backend import backend

#: A loss pulls as the standard one does where at least so much of the standard pull has the same sign in it:
#: the rest may be margins and weights. A change mends where it turns more of the pull than chance may.
AGREES, TURNS = 0.9, 0.15

#: Variants that are looked at, for the time: each takes a millisecond or a few.
MOST = 200

#: Where an optimizer's update_step is given the variable: after self and the gradient.
_VARIABLE = 2


@dataclass(frozen=True)
class LossLine:
    """A line of a loss. `reads` is the statement with which the loss pulls right.

    `before` and `after` are the shares of the standard loss's pull that have the same sign in it, as it is
    and with that statement.
    """

    place: Place
    reads: str
    before: float
    after: float


def line_of(
    part: Part, loss: Any, standard: Any, y: np.ndarray, answers: Sequence[np.ndarray]
) -> LossLine | None:
    """The line whose change makes the loss pull as the standard one does; None where no single one does.

    Args:
        part: the loss at fault.
        loss: as compile was given it.
        standard: the standard loss for the same targets.
        y: targets of some rows.
        answers: predictions for these rows at which the pulls are compared, as logits or probabilities,
            whatever the model gives.
    """
    function, owner = _function(loss)
    if function is None or part.place is None:
        return None
    right = [_pull(standard, y, each) for each in answers]
    before = _agreement([_pull(_bound(function, owner), y, each) for each in answers], right)
    best, most = None, (max(AGREES, before[0] + TURNS), -1.0)
    for variant in islice(variants_of(function), MOST):
        pulls = [_pull(_bound(variant.function, owner), y, each) for each in answers]
        after = _agreement(pulls, right)
        if after > most:
            place = Place(file=part.place.file, line=variant.line)
            best, most = LossLine(place, variant.reads, before[0], after[0]), after
    return best


def _function(loss: Any) -> tuple[types.FunctionType | None, Any]:
    """The function that computes a loss, and the object that it is a method of."""
    wrapped = getattr(loss, "fn", loss)
    if isinstance(wrapped, types.FunctionType):
        return wrapped, None
    method = getattr(type(loss), "call", None)
    return (method, loss) if isinstance(method, types.FunctionType) else (None, None)


def _bound(function: Callable[..., Any], owner: Any) -> Callable[..., Any]:
    return function if owner is None else types.MethodType(function, owner)


def _pull(loss: Any, y: np.ndarray, answers: np.ndarray) -> np.ndarray | None:
    """The way a loss pulls these predictions, row by row; None where it has no gradient or raises."""
    import keras

    def value(tensors: Any) -> Any:
        return keras.ops.mean(loss(keras.ops.convert_to_tensor(y), tensors[0])), None

    try:
        adapter = backend()
        _, gradients = adapter.gradient(value)([keras.ops.convert_to_tensor(answers)])
        if gradients[0] is None:
            return None
        found = -np.asarray(adapter.to_numpy(gradients[0]), np.float64).reshape(-1)
    except Exception:  # a variant that does not compute
        return None
    return found if np.isfinite(found).all() else None


def _agreement(pulls: Sequence[np.ndarray | None], right: Sequence[np.ndarray | None]) -> tuple[float, float]:
    """How much of the right pull has the same sign, and the cosine, means over the points that were asked.

    Upwards and downwards count the same: where one answer in ten is to rise, nine that fall are no agreement.
    """
    found = []
    for one, other in zip(pulls, right, strict=True):
        if one is None or other is None or not one.any() or not other.any():
            found.append((0.0, -1.0))
            continue
        ways = [other * (np.sign(other) == way) for way in (-1.0, 1.0)]
        shares = [
            np.abs(each[np.sign(one) == np.sign(each)]).sum() / np.abs(each).sum()
            for each in ways
            if each.any()
        ]
        same = float(np.mean(shares))
        found.append((same, float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))))
    signs, cosines = np.mean(found, axis=0)
    return round(float(signs), 2), float(cosines)


def points(answers: np.ndarray, y: np.ndarray, spread: Range) -> list[np.ndarray]:
    """Predictions at which losses are compared: those of the untrained model, and scattered ones.

    Args:
        answers: of the untrained model to some rows.
        y: the targets of these rows.
        spread: what the output's last activation is.
    """
    draw = np.random.default_rng(0)
    scattered = draw.normal(size=answers.shape)
    if spread == "sigmoid":
        scattered = 1.0 / (1.0 + np.exp(-scattered))
    elif spread == "softmax":
        powers = np.exp(scattered)
        scattered = powers / powers.sum(axis=-1, keepdims=True)
    elif y.size == answers.size:
        scattered = y.reshape(answers.shape) + max(float(np.std(y)), 1e-6) * scattered
    return [answers.astype(np.float32), scattered.astype(np.float32)]


def narrowed(part: Part) -> Place | None:
    """The statement within a part that alone can be at fault.

    That is its only one, the one that computes the loss, or the one by which an optimizer or a callback
    moves the weights. Where there are several, it is the place of the part itself.
    """
    place = part.place
    tree = parsed(place.file) if place is not None else None
    if place is None or tree is None:
        return place
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and part.kind == "callback" and _spans(node, place.line):
            sets = [each.lineno for each in ast.walk(node) if _sets_weights(each)]
            return Place(file=place.file, line=sets[0]) if len(sets) == 1 else place
        if isinstance(node, ast.FunctionDef) and _first_line(node) == place.line:
            body = [each for each in node.body if not _is_docstring(each)]
            losses = [each for each in body if isinstance(each, ast.Assign) and _names_loss(each)]
            if part.kind in ("train_step", "compute_loss") and losses:
                return Place(file=place.file, line=losses[0].lineno)
            moves = [each for each in body if _moves_weights(each, node)]
            if part.kind == "optimizer" and len(moves) == 1:
                return Place(file=place.file, line=moves[0].lineno)
            if len(body) == 1:
                return Place(file=place.file, line=body[0].lineno)
    return place


def _moves_weights(statement: ast.stmt, step: ast.FunctionDef) -> bool:
    """Whether a statement assigns to the variable of `update_step(self, gradient, variable, ...)`."""
    if len(step.args.args) <= _VARIABLE:
        return False
    calls = [each for each in ast.walk(statement) if isinstance(each, ast.Call)]
    assigned = [
        target
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr.startswith("assign")
        for target in (call.func.value, *call.args[:1])
    ]
    name = step.args.args[_VARIABLE].arg
    return any(isinstance(target, ast.Name) and target.id == name for target in assigned)


def _sets_weights(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether this is a call that puts weights into a model or a variable."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SETS_WEIGHTS
    )


def _spans(node: ast.ClassDef, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or 0)


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _names_loss(statement: ast.Assign) -> bool:
    return any(isinstance(each, ast.Name) and "loss" in each.id.lower() for each in statement.targets)
