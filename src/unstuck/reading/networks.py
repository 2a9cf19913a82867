"""What the calls of Keras do: layers and models come into being, are joined, compiled and trained."""

from __future__ import annotations

import ast
from typing import Any

from unstuck.evidence.kinds import snake_case
from unstuck.evidence.signatures import PARAMETERS
from unstuck.reading.values import (
    DEEPEST,
    Class,
    Compiled,
    DictValue,
    Function,
    Instance,
    Items,
    Known,
    Made,
    Named,
    Network,
    Tensor,
    Unread,
    plain,
)
from unstuck.reading.walk import Walk

MODELS = ("keras.Model", "keras.models.Model", "keras.Sequential", "keras.models.Sequential")
LAYERS = ("keras.layers.Layer", "keras.Layer", "keras.layers.Wrapper")
SEQUENTIALS = MODELS[2:]

_MODEL_PARAMETERS = ("inputs", "outputs", "name")


def made(
    walk: Walk, node: ast.Call, path: str, positional: list[Any], keywords: dict[str, Any], hidden: bool
) -> Made:
    """An object of an imported class, its arguments by name where the position tells it."""
    kind = path.rpartition(".")[2]
    names = PARAMETERS.get(kind, ())
    arguments: dict[Any, Any] = {
        (names[index] if index < len(names) else index): value for index, value in enumerate(positional)
    }
    arguments.update(keywords)
    return Made(path, arguments, hidden, walk.place(node))


def sequential(walk: Walk, node: ast.Call, positional: list[Any], keywords: dict[str, Any]) -> Network:
    """`Sequential(layers)`."""
    network = Network("Sequential", place=walk.place(node), loops=tuple(map(id, walk.loops)))
    given = positional[0] if positional else keywords.get("layers")
    if isinstance(given, Items):
        network.layers = [each for each in given.members if not _is_none(each)]
        network.whole = not given.open
    elif given is not None and not _is_none(given):
        network.whole = False
    return network


def _is_none(value: Any) -> bool:
    return isinstance(value, Known) and value.value is None


def functional(walk: Walk, node: ast.Call, positional: list[Any], keywords: dict[str, Any]) -> Network:
    """`Model(inputs, outputs)`."""
    given = {**dict(zip(_MODEL_PARAMETERS, positional, strict=False)), **keywords}
    inputs = given.get("inputs", given.get("input"))
    outputs = given.get("outputs", given.get("output"))
    network = Network("Functional", place=walk.place(node), loops=tuple(map(id, walk.loops)))
    network.inputs = tuple(_tensors(inputs))
    if isinstance(outputs, DictValue):
        network.outputs = {str(key): _tensor(each) for key, each in outputs.entries.items()}
    else:
        found = (
            [_tensor(each) for each in outputs.members] if isinstance(outputs, Items) else [_tensor(outputs)]
        )
        network.outputs = dict(zip(_output_names(found), found, strict=True))
        network.whole = not (isinstance(outputs, Items) and outputs.open)
    return network


def _output_names(outputs: list[Tensor]) -> list[str]:
    """The names of the outputs: those of their layers, "" for the only one."""
    if len(outputs) == 1:
        return [""]
    names: list[str] = []
    for index, each in enumerate(outputs):
        name = each.operation.get("name") if isinstance(each.operation, Made) else None
        names.append(name if isinstance(name, str) and name not in names else str(index))
    return names


def _tensors(value: Any, depth: int = 0) -> list[Tensor]:
    """The tensors in a value: one, or those of a list or dict."""
    if isinstance(value, Tensor):
        return [value]
    inner = (
        value.members
        if isinstance(value, Items)
        else value.entries.values()
        if isinstance(value, DictValue)
        else ()
    )
    return [tensor for each in inner for tensor in _tensors(each, depth + 1)] if depth < DEEPEST else []


def _tensor(value: Any) -> Tensor:
    """A value as a tensor; one that the text does not tell is made by nobody knows what."""
    return value if isinstance(value, Tensor) else Tensor("Unknown")


def entry(walk: Walk, node: ast.Call, arguments: dict[str, Any], positional: list[Any]) -> Tensor:
    """`Input(shape=...)`."""
    given = dict(arguments)
    if positional:
        given.setdefault("shape", positional[0])
    return Tensor(Made("keras.layers.InputLayer", given, place=walk.place(node)), (), walk.place(node))


def applied(
    walk: Walk, node: ast.Call, operation: Any, positional: list[Any], keywords: dict[str, Any]
) -> Any:
    """A layer, a model or a function called on symbolic values, or on something unknown."""
    if isinstance(operation, Network):
        operation.attributes.setdefault("nested", Known(True))
        if walk.tapes:
            training = keywords.get("training", positional[1] if len(positional) > 1 else None)
            walk.note("called-in-tape", node, of=operation, training=plain(training) if training else None)
            return Unread()
    axis = keywords.get("axis", next((each for each in positional[1:] if not _tensors(each)), None))
    if isinstance(operation, str) and axis is not None and plain(axis) != -1:
        operation = "Unknown"
    given = [*positional, *keywords.values()]
    inputs = tuple(tensor for each in given for tensor in _tensors(each))
    if not inputs and any(isinstance(each, Unread) for each in given):
        inputs = (Tensor("Unknown"),)
    if not inputs:
        return Unread()
    written = _of_lambda(operation)
    if written is not None and len(inputs) == 1:
        found = walk.enter(written, [inputs[0]], {})
        return found if isinstance(found, Tensor) else Tensor("Unknown", inputs, walk.place(node))
    return Tensor(operation, inputs, walk.place(node))


def _of_lambda(operation: Any) -> Function | None:
    """The function of the file that a Lambda layer applies."""
    if not isinstance(operation, Made) or operation.path != "keras.layers.Lambda":
        return None
    held = operation.arguments.get("function", operation.arguments.get(0))
    return held if isinstance(held, Function) else None


def function_name(path: str) -> str:
    """The class name of the operation that a function of Keras makes: "concatenate" -> "Concatenate"."""
    return "".join(part.capitalize() for part in path.rpartition(".")[2].split("_"))


def instance(
    walk: Walk, node: ast.Call, of: Class, positional: list[Any], keywords: dict[str, Any], hidden: bool
) -> Any:
    """An object of a class that the file defines: a model, a layer, or anything else."""
    start = of.find("__init__")
    place = walk.place(node)
    if of.descends(*MODELS):
        if not isinstance(start, Function) and (positional or keywords):
            network = (
                sequential(walk, node, positional, keywords)
                if of.descends(*SEQUENTIALS)
                else functional(walk, node, positional, keywords)
            )
            network.of = of
            if of.find("call") or of.find("__call__"):  # what the layers make may not be what it answers
                network.outputs, network.whole = {}, False
            return network
        network = Network("subclassed", place=place, of=of, loops=tuple(map(id, walk.loops)))
        _construct(walk, start, network, positional, keywords, hidden)
        network.layers = _parts(network.attributes)
        if not of.find("__call__"):
            _trace(walk, network)
        return network
    if of.descends(*LAYERS):
        layer = Made(of.node.name, dict(keywords), hidden, place, custom=True)
        _construct(walk, start, layer, positional, keywords, hidden)
        layer.parts = _parts(layer.attributes)
        return layer
    thing = Instance(of, place=place)
    if isinstance(start, Function):
        _construct(walk, start, thing, positional, keywords, hidden)
    elif positional or keywords or hidden:
        fields = [each.target.id for each in of.node.body if _is_field(each)]  # type: ignore[attr-defined]
        thing.attributes = {
            **({name: Unread() for name in (*fields, *of.members) if hidden}),
            **dict(zip(fields, positional, strict=False)),
            **keywords,
        }
    return thing


def _is_field(statement: ast.stmt) -> bool:
    """Whether a statement of a class body declares a field, as dataclasses and their kin read it."""
    return isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)


def _construct(
    walk: Walk, start: Any, thing: Any, positional: list[Any], keywords: dict[str, Any], hidden: bool
) -> None:
    if isinstance(start, Function):
        walk.enter(Function(start.node, start.scope, thing), positional, keywords, hidden)


def _parts(attributes: dict[str, Any]) -> list[Any]:
    """The layers and models that an object holds, in the order in which they were set."""
    found: list[Any] = []
    for value in attributes.values():
        members = value.members if isinstance(value, Items) else [value]
        found.extend(each for each in members if isinstance(each, (Made, Network)) and each not in found)
    return [each for each in found if isinstance(each, Network) or is_layer(each)]


def is_layer(value: Any) -> bool:
    """Whether a value is a layer."""
    return isinstance(value, Made) and (
        value.custom or value.path.startswith(("keras.layers.", "keras_hub."))
    )


def _trace(walk: Walk, network: Network) -> None:
    """Walk the `call` of a subclassed model with one symbolic input; what it returns is the output."""
    call = network.of.find("call") if network.of is not None else None
    if not isinstance(call, Function):
        return
    parameters = [each.arg for each in call.node.args.args][1:]
    given = {"training": Known(True)} if "training" in parameters else {}
    found = walk.enter(Function(call.node, call.scope, network), [Tensor(None)], given)
    if isinstance(found, Tensor):
        network.outputs = {"": found}
    elif isinstance(found, Items) and not found.open and all(isinstance(e, Tensor) for e in found.members):
        tensors = [each for each in found.members if isinstance(each, Tensor)]
        network.outputs = dict(zip(_output_names(tensors), tensors, strict=True))


def compiled(
    walk: Walk, node: ast.Call, positional: list[Any], keywords: dict[str, Any], hidden: bool
) -> Compiled:
    """One call of compile."""
    arguments = {**dict(zip(PARAMETERS["compile"], positional, strict=False)), **keywords}
    return Compiled(arguments, len(positional), hidden, walk.place(node), tuple(map(id, walk.loops)))


def layer_name(layer: Made) -> str:
    """The name a layer has in the report: its own, or its class's."""
    name = layer.get("name")
    return name if isinstance(name, str) else snake_case(layer.kind)


def is_keras_function(callee: Any) -> bool:
    """Whether a function of Keras (or TensorFlow's counterpart) that works on tensors is called."""
    roots = ("keras.ops.", "keras.activations.", "keras.backend.", "keras.layers.", "tensorflow.")
    return isinstance(callee, Named) and callee.path.startswith(roots)
