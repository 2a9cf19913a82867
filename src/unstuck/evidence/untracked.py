"""Numbers that a layer of the user's computes with and that Keras does not know as its weights."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from unstuck.evidence.definitions import definition_of, line_in_classes
from unstuck.evidence.facts import Place, Untracked
from unstuck.evidence.layers import is_keras
from unstuck.watch.backend import backend
from unstuck.watch.places import is_library

#: So many random numbers are not the same by chance; fewer may all be 0 or 1.
_FEWEST_COPIED = 4

#: More numbers than this are data, or vectors that were trained elsewhere.
_MOST = 1_000_000


def read_untracked(model: Any, initial: Sequence[np.ndarray] | None = None) -> tuple[Untracked, ...]:
    """The float arrays that the user's own layers hold as attributes and that are none of their weights.

    Left out are what cannot be a parameter: single numbers, masks of 0 and 1, evenly spaced grids.

    Args:
        model: the model.
        initial: the values of its weights before the fit, None where they are unknown.
    """
    found = []
    for layer in model._flatten_layers():
        if is_keras(type(layer)) or _of_a_library(type(layer)):
            continue
        known = {id(weight) for weight in layer.weights} | {id(weight.value) for weight in layer.weights}
        for name, held in _attributes(layer):
            kind = _kind_of(held)
            if kind is None or id(held) in known or not _may_be_learned(held):
                continue
            place = _assigned_at(type(layer), name)
            if place is None:
                continue  # bound by Keras, or by a library that the layer derives from
            found.append(
                Untracked(
                    layer=layer.name,
                    kind=type(layer).__name__,
                    attribute=name,
                    held_as=kind,
                    size=int(np.prod(tuple(held.shape))),
                    alone=not layer.trainable_weights and layer is not model,
                    copy_of=_copied(held, layer, model, initial) if _is_read(type(layer), name) else "",
                    place=place,
                )
            )
    return (*found, *_out_of_sight(model))


def _is_read(cls: type, name: str) -> bool:
    """Whether a method that runs for each batch reads the attribute, and not its constructor alone."""

    def reads(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load)

    for each in cls.__mro__:
        for method in vars(each).values():
            made = getattr(method, "__name__", "") in ("__init__", "build", "get_config")
            defined = None if made or not callable(method) or is_keras(each) else definition_of(method)
            if defined is not None and defined.line_of(reads) is not None:
                return True
    return False


def _copied(held: Any, layer: Any, model: Any, initial: Sequence[np.ndarray] | None) -> str:
    """The weight of another layer that began with these numbers, or them transposed, and has moved since; ""
    for none. The numbers that a layer's own weight begins with are where it got them from.
    """
    shape = tuple(held.shape)
    if (
        initial is None
        or len(initial) != len(model.weights)
        or len(shape) < 2
        or np.prod(shape) < _FEWEST_COPIED
    ):
        return ""
    inner = {id(weight) for each in layer._flatten_layers(include_self=False) for weight in each.weights}
    own = {id(weight) for weight in layer.weights} - inner
    alike = [
        (weight, began)
        for weight, began in zip(model.weights, initial, strict=True)
        if id(weight) not in own and shape in (began.shape, began.shape[::-1])
    ]
    if not alike:
        return ""
    values = backend().to_numpy(getattr(held, "value", held))
    for weight, began in alike:
        same = any(np.array_equal(values, each) for each in (began, began.T))
        if same and not np.array_equal(backend().to_numpy(weight.value), began):
            return str(weight.path)
    return ""


def _out_of_sight(model: Any) -> Iterator[Untracked]:
    """Keras's layers that an object of a plain class holds, into which Keras does not look."""
    known = {id(weight) for weight in model.weights}
    for layer in model._flatten_layers():
        if is_keras(type(layer)) or _of_a_library(type(layer)):
            continue
        for name, holder in _attributes(layer):
            if is_keras(type(holder)) or not hasattr(holder, "__dict__") or _of_a_library(type(holder)):
                continue
            held = [weight for each in _layers_in(holder) for weight in each.trainable_weights]
            size = sum(int(np.prod(weight.shape)) for weight in held)
            if not size or any(id(weight) in known for weight in held):
                continue
            yield Untracked(
                layer=layer.name,
                kind=type(layer).__name__,
                attribute=name,
                held_as="layers",
                holder=type(holder).__name__,
                size=size,
                place=line_in_classes([type(holder)], lambda node: isinstance(node, ast.ClassDef)),
            )


def _layers_in(holder: Any) -> Iterator[Any]:
    """Keras's layers among the attributes of an object, and in the lists and dicts among them."""
    import keras

    for held in vars(holder).values():
        several = held.values() if isinstance(held, dict) else held
        for each in several if isinstance(several, Iterable) and not hasattr(held, "shape") else [held]:
            if isinstance(each, keras.Layer):
                yield each


def _of_a_library(owner: type) -> bool:
    """Whether a class stands in an installed package; one that was typed at a prompt stands in no file."""
    file = getattr(sys.modules.get(owner.__module__), "__file__", None)
    return file is not None and is_library(file)


def _attributes(layer: Any) -> Iterator[tuple[str, Any]]:
    """What a layer holds by name; torch keeps parameters apart, and buffers are constants."""
    held = vars(layer)
    yield from held.items()
    parameters = held.get("_parameters")
    yield from parameters.items() if isinstance(parameters, dict) else ()


def _kind_of(held: Any) -> str | None:
    """How numbers are held: "Parameter" or "Variable" (to be trained), "tensor" or "array" (plain)."""
    import keras

    if isinstance(held, keras.Variable):
        return "Variable" if held.trainable else None
    if not hasattr(held, "shape") or not hasattr(held, "dtype"):
        return None
    name = type(held).__name__
    if isinstance(held, np.ndarray):
        return "array"
    if name in ("Parameter", "ResourceVariable"):
        return name.replace("Resource", "") if getattr(held, "requires_grad", True) else None
    return "tensor" if keras.ops.is_tensor(held) else None


def _may_be_learned(held: Any) -> bool:
    """Whether an array's values could be parameters: several floats that are no mask and no grid."""
    if not 1 < int(np.prod(tuple(held.shape))) <= _MOST or "float" not in str(held.dtype):
        return False
    values = backend().to_numpy(getattr(held, "value", held)).ravel().astype(np.float64)
    steps = np.diff(values)
    return not (np.isin(values, (0.0, 1.0)).all() or (len(steps) > 1 and np.allclose(steps, steps[0])))


def _assigned_at(owner: type, name: str) -> Place | None:
    """The line of the class, or of one that it inherits from, that binds `self.name`."""

    def binds(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == name

    return line_in_classes(owner.__mro__, binds)
