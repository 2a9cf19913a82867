"""The live Keras model as records: the environment, the architecture, how each output ends."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Environment, Head, Layer, Model
from unstuck.evidence.graph import (
    PASSED,
    Call,
    call_behind,
    calls,
    first_reader,
    graph_of,
    held_layers,
    is_sequential,
    listed,
    traced,
)
from unstuck.evidence.heads import Shape, read_head
from unstuck.evidence.layers import PlaceOf, count, kind_of, number, per_row, read_layer, runs_as_keras
from unstuck.evidence.opposed import is_opposed
from unstuck.evidence.steps import LiveStep


def read_environment() -> Environment:
    """The backend and versions that the imported Keras runs on."""
    import keras

    backend = keras.backend.backend()
    framework = sys.modules.get(backend)
    return Environment(
        backend=backend,
        keras=str(keras.__version__),
        framework=str(getattr(framework, "__version__", "")),
        python=platform.python_version(),
    )


def read_model(model: Any, place_of: PlaceOf) -> Model:
    """Describe the architecture: leaf layers in call order where that can be known.

    Wrappers (RNN, Bidirectional, TimeDistributed) count as one layer; bare operations of a
    functional graph (`ops.relu`) are listed with their own class name. A subclassed model is
    traced; where its `call` takes no symbols, layers come in attribute order.
    """
    if _is_subclassed(model):
        with traced(model) as trace:
            found, ordered = calls(model, trace.outputs if trace is not None else None)
            layers = _layers(found, place_of)
            if trace is not None:
                layers = _with_untraced(model, layers, place_of)
    else:
        found, ordered = calls(model)
        layers = _layers(found, place_of)
    return Model(
        name=str(model.name),
        kind="Sequential" if is_sequential(model) else "Functional" if graph_of(model) else "subclassed",
        layers=layers,
        ordered=ordered,
        outputs=len(output_names(model)),
        parameters=count(model.weights),
        trainable_parameters=count(model.trainable_weights),
        regularisation=_regularisation(model),
        custom_train_step=_trains_its_own_way(model),
        place=place_of(model),
    )


def _is_subclassed(model: Any) -> bool:
    return graph_of(model) is None and not is_sequential(model)


def _layers(found: list[Call], place_of: PlaceOf) -> tuple[Layer, ...]:
    return tuple(_layer(call, place_of) for call in found)


def _layer(call: Call, place_of: PlaceOf) -> Layer:
    """One layer with the shapes of its call, or those it was built with."""
    given = call.input_shape
    if given is None:
        shapes = getattr(call.operation, "_build_shapes_dict", None) or {}
        given = per_row(next(iter(shapes.values()), None)) if len(shapes) == 1 else None
    made = call.output_shape
    if made is None and given is not None:
        try:
            made = per_row(call.operation.compute_output_shape((None, *given)))
        except Exception:  # a user's layer may not be able to tell
            made = None
    return read_layer(call.operation, place_of, given, made)


def _with_untraced(model: Any, layers: tuple[Layer, ...], place_of: PlaceOf) -> tuple[Layer, ...]:
    """The traced layers, then those with weights that the trace did not pass (used in training only)."""
    held, _ = calls(model)
    known = {layer.name for layer in layers}
    missing = [call for call in held if call.operation.name not in known and call.operation.weights]
    return layers + _layers(missing, place_of)


def _regularisation(model: Any) -> float:
    """The sum of the weights' penalty terms, 0.0 where they cannot be had (weights gone)."""
    total = 0.0
    for variable in model.trainable_weights:
        if getattr(variable, "regularizer", None) is None:
            continue
        try:
            total += number(variable.regularizer(variable))
        except Exception:  # an interrupted fit may have left no weights behind
            return 0.0
    return total


def _trains_its_own_way(model: Any) -> bool:
    """Whether train_step or compute_loss is the user's: then compile's loss may not be what is minimised."""
    return has_own(model, "train_step") or has_own(model, "compute_loss")


def has_own(model: Any, method: str) -> bool:
    """Whether a model brings a method of its own in place of Keras's."""
    import keras

    return method in vars(model) or getattr(type(model), method) is not getattr(keras.Model, method)


def read_heads(model: Any, place_of: PlaceOf, sample: Any = None) -> dict[str, Head]:
    """How each output ends, by output name; "" for a model with one output.

    `sample` is a prediction on a few rows in the model's own structure (an array, list, tuple or
    dict); it gives the output shape of a model that cannot be traced. Such a model's head has the
    activation "unknown".
    """
    graph = graph_of(model)
    if graph is not None:
        return _heads(graph.outputs, output_names(model), place_of)
    if is_sequential(model):
        shapes = _sample_shapes(sample)
        return {"": _head(listed(tuple(model.layers)), next(iter(shapes.values()), None), place_of)}
    with traced(model) as trace:
        if trace is not None:
            return _heads(trace.outputs, output_names(model, trace.structure), place_of)
    return _guessed_heads(model, sample, place_of)


def _heads(outputs: Any, names: list[str], place_of: PlaceOf) -> dict[str, Head]:
    if len(names) != len(outputs):
        names = [""] if len(outputs) == 1 else [str(index) for index in range(len(outputs))]
    heads = {}
    for name, tensor in zip(names, outputs, strict=True):
        call = call_behind(tensor)
        head = _head(call, per_row(tensor.shape), place_of)
        heads[name] = replace(head, opposed=len(names) > 1 and is_opposed(call))
    return heads


def _head(call: Call | None, shape: Shape | None, place_of: PlaceOf) -> Head:
    """How one output of a live model ends. An output without any axis is one unit."""
    head = read_head(LiveStep(call, place_of) if call is not None else None, shape)
    return replace(head, units=1) if shape == () else head


def output_names(model: Any, sample: Any = None) -> list[str]:
    """The names of the model's outputs in order; [""] for one output, [] where unknown.

    A dict of outputs is named by its keys, which Keras orders by name.
    """
    structure = getattr(graph_of(model), "_outputs_struct", sample)
    if isinstance(structure, Mapping) and len(structure) > 1:
        return sorted(str(key) for key in structure)
    names = [str(name) for name in getattr(model, "output_names", None) or ()]
    if len(names) > 1:
        return names
    if isinstance(sample, (list, tuple)) and len(sample) > 1:
        return [str(index) for index in range(len(sample))]
    return [""]


def _sample_shapes(sample: Any) -> dict[str, tuple[int | None, ...]]:
    """The shapes per row of a prediction, by output name."""
    if sample is None:
        return {}
    if isinstance(sample, Mapping):
        return {str(key): tuple(np.shape(sample[key])[1:]) for key in sorted(sample)}
    if isinstance(sample, (list, tuple)) and len(sample) > 1:
        return {str(index): tuple(np.shape(each)[1:]) for index, each in enumerate(sample)}
    sample = sample[0] if isinstance(sample, (list, tuple)) else sample
    return {"": tuple(np.shape(sample)[1:])}


def _guessed_heads(model: Any, sample: Any, place_of: PlaceOf) -> dict[str, Head]:
    """Heads of a model that cannot be traced: shapes from the sample, places from the last fitting layer."""
    heads = {}
    found, _ = calls(model)
    for name, shape in _sample_shapes(sample).items():
        width = shape[-1] if shape else 1
        weighted = [_layer(call, place_of) for call in found if call.operation.weights]
        layer = next((each for each in reversed(weighted) if each.units == width), None)
        place = layer.place if layer else None
        heads[name] = Head(
            activation="unknown", units=width or 1, shape=shape, layer=layer, place=place, units_place=place
        )
    return heads


def first_layers(model: Any) -> list[tuple[str, str, int | None]]:
    """For each input: its name, the class of the first layer that reads it, an embedding's rows.

    Inputs come in the model's own order. Layers that only move or mask values are passed over, so
    that `Reshape` before an `Embedding` does not hide it. A layer of the user's own that holds an
    embedding is said to be one, its rows unknown. For a model that cannot be traced the one input
    is said to feed its embedding if it has one, else its first layer.
    """
    graph = graph_of(model)
    if graph is not None:
        return [(_input_name(tensor), *_reader(graph.outputs, tensor)) for tensor in graph.inputs]
    if not is_sequential(model):
        with traced(model) as trace:
            if trace is not None:
                return [("", *_reader(trace.outputs, tensor)) for tensor in trace.inputs]
    layers = [call.operation for call in calls(model)[0] if kind_of(call.operation) not in PASSED]
    if not is_sequential(model) and any(kind_of(layer) == "Embedding" for layer in layers):
        return [("", "Embedding", None)]
    return [("", *_kind_and_rows(layers[0]))] if layers else []


def _input_name(tensor: Any) -> str:
    return str(tensor._keras_history.operation.name)


def _reader(outputs: Any, tensor: Any) -> tuple[str, int | None]:
    """The class of the first operation that reads a symbolic input, and its `input_dim`."""
    operation = first_reader(outputs, tensor)
    return ("", None) if operation is None else _kind_and_rows(operation)


def _kind_and_rows(operation: Any) -> tuple[str, int | None]:
    held = held_layers(operation)
    if any(kind_of(layer) == "Embedding" for layer in held):
        return "Embedding", None
    rows = getattr(operation, "input_dim", None) if runs_as_keras(operation) else None
    return kind_of(operation), rows if isinstance(rows, int) else None
