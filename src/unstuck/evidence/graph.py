"""The graph of calls behind a live Keras model: which operation is called on what, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from unstuck.evidence.kinds import words
from unstuck.evidence.layers import inner_layer, is_keras, is_layer, kind_of, per_row, runs_as_keras
from unstuck.watch.muting import muted

#: Layers that leave the values as they are.
PASSED = words("InputLayer Reshape Flatten Permute Masking Identity ExpandDims Cast Dropout SpatialDropout1D")

#: A tensor inside a nested model, with the calls of the models around it, outermost first.
Around = tuple["Nested", ...]


@dataclass(frozen=True)
class Nested:
    """One call of a nested model: its own graph, and the node of the call in the graph around it."""

    graph: Any
    node: Any


@dataclass(frozen=True)
class Call:
    """One call of an operation. `tensor` is the output that was followed to find it.

    Without a graph (a Sequential model that is not built, or a fallback) `tensor` and `node` are
    None and `before` holds the operations called earlier, the last one nearest.
    """

    operation: Any
    tensor: Any = None
    node: Any = None
    around: Around = ()
    before: tuple[Any, ...] = ()

    @property
    def output_shape(self) -> tuple[int | None, ...] | None:
        """The shape of the output per row, None where it is unknown."""
        return per_row(self.tensor.shape) if self.tensor is not None else None

    @property
    def input_shape(self) -> tuple[int | None, ...] | None:
        """The shape of the first input per row, None where it is unknown."""
        tensors = data_inputs(self.node) if self.node is not None else []
        return per_row(tensors[0].shape) if tensors else None

    @property
    def feeder(self) -> Call | None:
        """The call that made the first input, None for an input of the model."""
        return next(iter(self.inputs), None)

    @property
    def inputs(self) -> tuple[Call | None, ...]:
        """The calls that made this one's inputs; None for an input of the model."""
        if self.node is None:
            return (listed(self.before),)
        return tuple(call_behind(tensor, self.around) for tensor in data_inputs(self.node))


def data_inputs(node: Any) -> list[Any]:
    """The symbolic tensors a call was given, without the masks that Keras hands along."""
    masks = {
        id(tensor)
        for name, value in node.arguments.kwargs.items()
        if name.endswith("mask")
        for tensor in (value if isinstance(value, (list, tuple)) else [value])
    }
    return [tensor for tensor in node.input_tensors if id(tensor) not in masks]


def graph_of(model: Any) -> Any:
    """The Functional graph of a model, None when it has none (not built, or a `call` of the user's own)."""
    if any(base.__name__ == "Functional" for base in type(model).__mro__):
        return model if runs_as_keras(model) else None
    return getattr(model, "_functional", None) if is_sequential(model) else None


def is_sequential(model: Any) -> bool:
    """Whether a model is a Sequential one, or a subclass of it that runs its layers as Keras does."""
    return any(base.__name__ == "Sequential" for base in type(model).__mro__) and runs_as_keras(model)


def call_behind(tensor: Any, around: Around = ()) -> Call | None:
    """The call that made a symbolic tensor, descending into nested models and out of them again."""
    while True:
        history = getattr(tensor, "_keras_history", None)
        if history is None or history.operation is None:
            return None
        operation = history.operation
        node = operation._inbound_nodes[history.node_index]
        graph = graph_of(operation)
        if graph is not None:
            around = (*around, Nested(graph, node))
            tensor = graph.outputs[history.tensor_index]
        elif node.is_input:
            index = _index(around[-1].graph.inputs, tensor) if around else None
            if index is None:
                return None
            tensor, around = around[-1].node.input_tensors[index], around[:-1]
        elif is_sequential(operation):
            return listed(tuple(operation.layers))
        else:
            return Call(operation, tensor, node, around)


def listed(operations: tuple[Any, ...]) -> Call | None:
    """The last call of a plain chain of layers without a graph, nested chains opened up."""
    flat = tuple(leaf for operation in operations for leaf in _chain(operation))
    return Call(flat[-1], before=flat[:-1]) if flat else None


def _chain(operation: Any) -> list[Any]:
    if kind_of(operation) == "InputLayer":
        return []
    if is_sequential(operation):
        return [leaf for layer in operation.layers for leaf in _chain(layer)]
    return [operation]


def _index(tensors: Any, wanted: Any) -> int | None:
    return next((index for index, tensor in enumerate(tensors) if tensor is wanted), None)


def calls(model: Any, outputs: Any = None) -> tuple[list[Call], bool]:
    """All leaf calls of a model, each operation once, and whether they are in call order.

    `outputs` are the symbolic outputs of a traced model; by default those of the model's graph.
    """
    graph = graph_of(model)
    tensors = outputs if outputs is not None else graph.outputs if graph is not None else None
    seen: set[int] = set()
    if tensors is None:
        chain = model.layers if is_sequential(model) else own_layers(model)
        found = [leaf for layer in chain for leaf in _leaves(Call(layer), seen)]
        return found, is_sequential(model) and not any(_is_composite(layer) for layer in chain)
    nodes = _nodes_in_order(tensors)
    composite = any(_is_composite(call.operation) for call in nodes)
    return [leaf for call in nodes for leaf in _leaves(call, seen)], not composite


def own_layers(model: Any) -> list[Any]:
    """The layers a subclassed model or composite layer holds, in attribute order, not nested."""
    return [layer for layer in model._flatten_layers(include_self=False, recursive=False) if _computes(layer)]


def _computes(layer: Any) -> bool:
    """Whether a tracked object is a layer of the network (metrics and loss trackers are not)."""
    return is_layer(layer) and kind_of(layer) not in ("InputLayer", "CompileMetrics", "CompileLoss")


def held_layers(operation: Any) -> list[Any]:
    """The leaf layers inside a layer of the user's own, in attribute order; none for other layers."""
    return [call.operation for call in _leaves(Call(operation), set())] if _is_composite(operation) else []


def first_reader(outputs: Any, tensor: Any) -> Any:
    """The first operation of a graph that reads a symbolic input, None where none does.

    Layers that leave the values as they are (see `PASSED`) are looked through, as are nested models.
    """
    wanted = [tensor]
    for call in _nodes_in_order(outputs):
        given = data_inputs(call.node)
        index = next((index for index, each in enumerate(given) if _index(wanted, each) is not None), None)
        if index is None:
            continue
        graph = graph_of(call.operation)
        if graph is not None:
            inner = first_reader(graph.outputs, graph.inputs[index])
            if inner is not None:
                return inner
            wanted.extend(call.node.outputs)
        elif kind_of(call.operation) in PASSED:
            wanted.extend(call.node.outputs)
        else:
            return call.operation
    return None


def _is_composite(operation: Any) -> bool:
    """Whether an operation is of the user's making and built of other layers."""
    if not is_layer(operation) or inner_layer(operation) is not None:
        return False
    if graph_of(operation) is not None or is_sequential(operation):
        return False
    return not is_keras(type(operation)) and bool(own_layers(operation))


def _leaves(call: Call, seen: set[int]) -> list[Call]:
    """The leaf calls within one call: those of a nested model or of a user's composite layer."""
    operation = call.operation
    if id(operation) in seen or kind_of(operation) == "InputLayer":
        return []
    seen.add(id(operation))
    graph = graph_of(operation)
    if graph is not None:
        return [leaf for inner in _nodes_in_order(graph.outputs) for leaf in _leaves(inner, seen)]
    if is_sequential(operation):
        return [leaf for layer in operation.layers for leaf in _leaves(Call(layer), seen)]
    if _is_composite(operation):
        return [leaf for layer in own_layers(operation) for leaf in _leaves(Call(layer), seen)]
    return [call]


def _nodes_in_order(outputs: Any) -> list[Call]:
    """Every call of one graph (nested models closed), each after those that feed it."""
    order: list[Call] = []
    done: set[int] = set()
    stack: list[tuple[Any, Any, bool]] = [(tensor, None, False) for tensor in reversed(list(outputs))]
    while stack:
        tensor, node, ready = stack.pop()
        if ready:
            order.append(Call(node.operation, tensor, node))
            continue
        history = getattr(tensor, "_keras_history", None)
        if history is None or history.operation is None:
            continue
        node = history.operation._inbound_nodes[history.node_index]
        if id(node) in done:
            continue
        done.add(id(node))
        if not node.is_input:
            stack.append((tensor, node, True))
            stack.extend((each, None, False) for each in reversed(data_inputs(node)))
    return order


@dataclass(frozen=True)
class Trace:
    """The symbolic inputs and outputs of one traced call; `structure` is the outputs as returned."""

    inputs: list[Any]
    outputs: list[Any]
    structure: Any


@contextmanager
def traced(model: Any) -> Iterator[Trace | None]:
    """The graph of a subclassed model's `call`, None where that cannot be traced.

    Runs the user's `call` once on symbolic tensors, as Keras does itself to build the model. What
    that leaves behind (graph nodes and attributes of the layers, name counters) is put back on
    leaving, what it prints is dropped, and a stateless scope keeps losses and variables as they are.
    """
    parts = [model, *model._flatten_layers(include_self=False)]
    parts += [each for part in parts for each in getattr(part, "operations", ())]
    layers = [*{id(each): each for each in parts}.values()]
    counts = [(layer, len(layer._inbound_nodes), len(layer._outbound_nodes)) for layer in layers]
    counters = _name_counters()
    before, attributes = dict(counters), [dict(vars(layer)) for layer in layers]
    for layer in layers:
        vars(layer)["add_loss"] = _ignore  # Keras's own takes no symbols; put back below
    try:
        yield _trace(model)
    finally:
        for layer, inbound, outbound in counts:
            del layer._inbound_nodes[inbound:]
            del layer._outbound_nodes[outbound:]
        for layer, held in zip(layers, attributes, strict=True):
            for name in [name for name in vars(layer) if name not in held]:
                del vars(layer)[name]
            vars(layer).update(held)
        counters.clear()
        counters.update(before)


def _ignore(_: Any) -> None:
    """Stands in for `add_loss`: a trace asks for outputs only."""


def _trace(model: Any) -> Trace | None:
    """Call the model on symbolic inputs of the shapes it was built with."""
    import keras

    shape = _built_with(model)
    if not model.built or shape is None or not is_keras(type(model).__call__):
        return None
    try:
        inputs = keras.tree.map_shape_structure(
            lambda each: keras.Input(batch_shape=(None, *each[1:]), dtype=model.input_dtype), shape
        )
        with keras.StatelessScope(), muted():
            outputs = model.call(inputs)
        trace = Trace(keras.tree.flatten(inputs), keras.tree.flatten(outputs), outputs)
    except Exception:  # the user's own code, or a framework's functions that take no symbols
        return None
    return trace if all(hasattr(tensor, "_keras_history") for tensor in trace.outputs) else None


def _built_with(model: Any) -> Any:
    """The shapes of the inputs that a model was built with, None where they are not known."""
    shapes = [each for each in (getattr(model, "_build_shapes_dict", None) or {}).values() if each]
    if len(shapes) == 1:
        return shapes[0]
    return getattr(model, "input_shape", None)  # of a Sequential or Functional model with a call of its own


def _name_counters() -> dict[str, int]:
    """Keras's live counters of automatic names, so that a trace can give back what it used."""
    from keras.src.backend.common import global_state

    counters: dict[str, int] | None = global_state.get_global_attribute("object_name_uids")
    return {} if counters is None else counters
