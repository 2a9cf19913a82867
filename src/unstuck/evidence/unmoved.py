"""Weights that a layer of the user's should have moved by itself, and did not."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from unstuck.evidence.definitions import Definition, definition_of, line_in_classes
from unstuck.evidence.facts import Asleep, Place, Unmoved
from unstuck.evidence.layers import is_keras
from unstuck.watch.backend import backend
from unstuck.watch.places import is_library

#: Methods by which a variable is given a value.
_ASSIGNS = frozenset({"assign", "assign_add", "assign_sub"})


def read_asleep(model: Any, initial: Sequence[np.ndarray] | None) -> Asleep | None:
    """Layers of batch normalisation that train and whose averages are bit for bit a new layer's, 0 and 1.

    None where there is none, or where others of the model did average.

    Args:
        model: the model, after the fit.
        initial: the values of its weights before the fit, None where they are unknown.
    """
    if initial is None or len(initial) != len(model.weights):
        return None
    found = []
    for layer in model._flatten_layers(include_self=False):
        if type(layer).__name__ != "BatchNormalization" or not is_keras(type(layer)):
            continue
        if not layer.trainable:
            continue
        mean, variance = (
            backend().to_numpy(each.value) for each in (layer.moving_mean, layer.moving_variance)
        )
        if np.any(mean != 0.0) or np.any(variance != 1.0):
            return None
        found.append(layer.name)
    if not found:
        return None
    return Asleep(layers=tuple(found), place=line_in_classes(type(model).__mro__, _calls_itself))


def _calls_itself(node: ast.AST) -> bool:
    """Whether a step calls its model: `self(x, ...)`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "self"


def read_unmoved(model: Any, initial: Sequence[np.ndarray] | None) -> tuple[Unmoved, ...]:
    """The user's layers whose call asks for the mode, and whose untrained weights stay as they began.

    Args:
        model: the model, after the fit.
        initial: the values of its weights before the fit, None where they are unknown.
    """
    if initial is None or len(initial) != len(model.weights):
        return ()
    same = {
        id(weight)
        for weight, began in zip(model.weights, initial, strict=True)
        if not weight.trainable and np.array_equal(backend().to_numpy(weight.value), began)
    }
    found = []
    for layer in model._flatten_layers(include_self=False):
        if (
            is_keras(type(layer))
            or not getattr(layer, "_call_has_training_arg", False)
            or not layer.trainable
        ):
            continue
        names = tuple(name for name, held in vars(layer).items() if id(held) in same)
        if names and all(id(each) in same for each in layer._non_trainable_variables):
            place = _should_be_assigned(type(layer), names)
            if place is not None:
                found.append(
                    Unmoved(layer=layer.name, kind=type(layer).__name__, attributes=names, place=place)
                )
    return tuple(found)


def _should_be_assigned(cls: type, names: Sequence[str]) -> Place | None:
    """Where the class computes what one of these variables should become, and drops it; None without one.

    That is a statement of `call` that does nothing but call with the variable and use no result. Where it
    calls a method of the class, it is the line by which that hands its result back.
    """
    file = inspect.getsourcefile(cls)
    defined = definition_of(cls)
    if defined is None or file is None or is_library(file):
        return None
    methods = {node.name: node for node in ast.walk(defined.tree) if isinstance(node, ast.FunctionDef)}
    call = methods.get("call")
    for statement in _dropped(call, names) if call is not None else ():
        made = statement.value
        assert isinstance(made, ast.Call)
        own = isinstance(made.func, ast.Attribute) and getattr(made.func.value, "id", "") == "self"
        method = methods.get(made.func.attr) if own and isinstance(made.func, ast.Attribute) else None
        if method is not None and any(map(_assigns, ast.walk(method))):
            continue
        returned = [each for each in ast.walk(method) if isinstance(each, ast.Return)] if method else []
        return _place(file, defined, returned[-1] if returned else statement)
    return None


def _dropped(call: ast.FunctionDef, names: Sequence[str]) -> Iterator[ast.Expr]:
    """The statements that compute with one of these attributes and do nothing with what comes out."""
    for node in ast.walk(call):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _assigns(node.value):
            read = {each.attr for each in ast.walk(node.value) if isinstance(each, ast.Attribute)}
            if read & set(names):
                yield node


def _assigns(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _ASSIGNS


def _place(file: str, defined: Definition, node: ast.stmt) -> Place:
    return Place(file=file, line=defined.first + node.lineno - 1)
