"""What a call means: the file's own classes, Keras, the libraries around it, methods of what is known."""

from __future__ import annotations

import ast
from typing import Any

from unstuck.evidence.facts import Operation
from unstuck.reading import arrays, networks, training
from unstuck.reading.values import (
    DEEPEST,
    Class,
    DictValue,
    Function,
    Instance,
    Items,
    Known,
    Made,
    Named,
    Network,
    Partial,
    Tensor,
    Unread,
    first_rows,
    plain,
)
from unstuck.reading.walk import Walk

_INPUTS = ("keras.Input", "keras.layers.Input")

#: Functions of lower-case names that make what a class makes.
_LOADERS = ("load_model", "model_from_json", "from_pretrained", "clone_model", "from_config")


def called(
    walk: Walk, node: ast.Call, callee: Any, positional: list[Any], keywords: dict[str, Any], hidden: bool
) -> Any:
    """The Value that a call gives, with what it does noted in the walk."""
    if isinstance(callee, tuple):
        owner, name = callee
        return _method(walk, node, owner, name, positional, keywords, hidden)
    if isinstance(callee, Partial):
        filled = {**callee.keywords, **keywords}
        return called(walk, node, callee.of, [*callee.positional, *positional], filled, hidden)
    if isinstance(callee, Class):
        thing = networks.instance(walk, node, callee, positional, keywords, hidden)
        return walk_network(walk, thing) if isinstance(thing, Network) else thing
    if isinstance(callee, Named):
        return _imported(walk, node, callee, positional, keywords, hidden)
    if isinstance(callee, Network) or networks.is_layer(callee):
        return networks.applied(walk, node, callee, positional, keywords)
    _handed_on(walk, node, callee, [*positional, *keywords.values()])
    if isinstance(callee, Instance):
        method = callee.of.find("__call__")
        if isinstance(method, Function):
            bound = Function(method.node, method.scope, callee)
            return walk.enter(bound, positional, keywords, hidden)
    return Unread(place=walk.place(node))


def _imported(
    walk: Walk, node: ast.Call, callee: Named, positional: list[Any], keywords: dict[str, Any], hidden: bool
) -> Any:
    path = callee.path
    if path == "functools.partial" and positional:
        return Partial(positional[0], tuple(positional[1:]), keywords)
    _handed_on(walk, node, callee, [*positional, *keywords.values()])
    if path in _INPUTS:
        return networks.entry(walk, node, keywords, positional)
    if path in networks.SEQUENTIALS:
        return walk_network(walk, networks.sequential(walk, node, positional, keywords))
    if path in networks.MODELS:
        return walk_network(walk, networks.functional(walk, node, positional, keywords))
    if path.startswith("keras.applications.") and callee.last[:1].isupper():
        made = networks.made(walk, node, path, positional, keywords, hidden)
        walk.objects.append(made)
        return Network("opaque", path=path, place=made.place, whole=False, attributes=dict(made.arguments))
    if callee.last in _LOADERS:
        return Network("opaque", path=path, place=walk.place(node), whole=False)
    tensors = [*positional, *keywords.values()]
    if callee.last[:1].isupper():
        thing = networks.made(walk, node, path, positional, keywords, hidden)
        walk.objects.append(thing)
        return thing
    if networks.is_keras_function(callee) and _symbolic(tensors):
        if callee.last == "argmax" and positional:
            arrays.note_argmax(walk, node, positional[0], positional[1:], keywords)
        return networks.applied(walk, node, networks.function_name(path), positional, keywords)
    if path == "builtins.super":
        return Unread(origin="super")
    return arrays.function(walk, node, path, positional, keywords)


#: Libraries whose functions leave a model as it is, those that watch or draw one among them.
_HARMLESS_NAMES = (
    "builtins comet_ml graphviz json keras keras_tuner logging matplotlib mlflow netron numpy os pandas "
    "pprint pydot rich seaborn sklearn tensorboard tensorflow time torchinfo torchsummary visualkeras wandb"
)
_HARMLESS = frozenset(_HARMLESS_NAMES.split())


def _handed_on(walk: Walk, node: ast.Call, callee: Any, values: list[Any]) -> None:
    """A model that is given to a function of another file may come back changed, or compiled otherwise."""
    if isinstance(callee, Named) and callee.path.partition(".")[0] in _HARMLESS:
        return
    if isinstance(callee, (Class, Function)):
        return
    for each in values:
        if isinstance(each, Network):
            name = callee.path if isinstance(callee, Named) else walk.text(node.func)
            each.doubts.append(f"the model is handed to {name} (line {node.lineno})")


def walk_network(walk: Walk, network: Network) -> Network:
    """Note a model that came into being."""
    walk.networks.append(network)
    return network


def _symbolic(values: list[Any], depth: int = 0) -> bool:
    if depth > DEEPEST:
        return False
    return any(
        isinstance(each, Tensor) or (isinstance(each, Items) and _symbolic(each.members, depth + 1))
        for each in values
    )


def _method(
    walk: Walk,
    node: ast.Call,
    owner: Any,
    name: str,
    positional: list[Any],
    keywords: dict[str, Any],
    hidden: bool,
) -> Any:
    if isinstance(owner, Network):
        return _of_network(walk, node, owner, name, positional, keywords, hidden)
    if isinstance(owner, Items):
        return arrays.of_list(owner, name, positional, bool(walk.open_loops))
    if isinstance(owner, DictValue):
        return arrays.of_table(owner, name, positional)
    if isinstance(owner, Made):
        return arrays.of_made(walk, node, owner, name, positional, keywords)
    if isinstance(owner, Unread):
        if name in ("compile", *training.FITS) and _is_model_call(name, keywords):
            opaque = walk.opaque.setdefault(owner.root, Network("opaque", whole=False))
            return _of_network(walk, node, opaque, name, positional, keywords, hidden)
        if name in _PREDICTS and owner.root in walk.opaque and not owner.operations:
            return _answers(walk, node, walk.opaque[owner.root])
        return _of_rows(walk, node, owner, name, positional, keywords)
    if isinstance(owner, Tensor) and isinstance(owner.operation, Network):
        return _of_rows(walk, node, _answers(walk, node, owner.operation), name, positional, keywords)
    return Unread(place=walk.place(node))


#: Methods of a model that answer rows.
_PREDICTS = ("predict", "predict_on_batch")

_OF_FIT = {"epochs", "batch_size", "validation_data", "validation_split", "callbacks", "steps_per_epoch"}
_OF_COMPILE = {"optimizer", "loss", "metrics"}


def _is_model_call(name: str, keywords: dict[str, Any]) -> bool:
    """Whether arguments tell that it is a model that something unknown is."""
    return bool((_OF_COMPILE if name == "compile" else _OF_FIT) & keywords.keys())


def _of_rows(
    walk: Walk, node: ast.Call, owner: Unread, name: str, positional: list[Any], keywords: dict[str, Any]
) -> Any:
    """Methods of arrays, streams, frames and random generators."""
    given = first_rows(positional)
    if arrays.is_plain_generator(owner.origin) and given is not None:
        if name == "shuffle":
            arrays.shuffled_in_place(walk, node, "numpy.random.Generator.shuffle", positional)
            return Known(None)
        return arrays.derived(walk, node, given, name, positional, keywords)
    if owner.origin == "super":
        return Known(None)
    if name == "argmax":
        arrays.note_argmax(walk, node, owner, positional, keywords)
    made = arrays.derived(walk, node, owner, name, positional, keywords)
    in_place = name == "sort" and owner.origin.startswith(("numpy", "sklearn", "keras.datasets"))
    if in_place and isinstance(node.func, ast.Attribute):
        arrays.bound_anew(walk, node.func.value, made)
    return made


def _of_network(
    walk: Walk,
    node: ast.Call,
    owner: Network,
    name: str,
    positional: list[Any],
    keywords: dict[str, Any],
    hidden: bool,
) -> Any:
    """Methods of a model."""
    if name == "add" and positional:
        if positional[0] is owner:
            return Known(None)
        # In a loop over something unknown that the model was not made in, nobody knows how many are added.
        repeated = any(id(loop) not in owner.loops for loop in walk.open_loops)
        owner.layers.append(Unread() if repeated else positional[0])
        return Known(None)
    if name == "pop":
        if owner.layers:
            owner.layers.pop()
        return Known(None)
    if name == "compile":
        owner.compiled = networks.compiled(walk, node, positional, keywords, hidden)
        walk.note("compiled", node, of=owner, call=owner.compiled)
        if owner not in walk.networks:
            walk.networks.append(owner)
        return Known(None)
    if name in training.FITS:
        return training.trained(walk, node, owner, name, positional, keywords, hidden)
    if name == "__call__":
        return networks.applied(walk, node, owner, positional, keywords)
    if name in _PREDICTS:
        return _answers(walk, node, owner)
    if name == "get_layer":
        return _layer(walk, owner, plain(positional[0]) if positional else plain(keywords.get("name")))
    if name in ("set_weights", "load_weights"):
        walk.note("weights-set", node, of=owner)
    return Unread(place=walk.place(node))


def _answers(walk: Walk, node: ast.Call, network: Network) -> Unread:
    """What a model answers to rows."""
    found = Unread(origin="predict", place=walk.place(node))
    walk.predicted[found.root] = network
    return found


def _layer(walk: Walk, owner: Network, name: Any) -> Any:
    """One layer by its name; of a model that the file does not show, some layer of it."""
    for each in owner.layers:
        if isinstance(each, Made) and each.get("name") == name:
            return each
    some = Unread(origin="layers").then(Operation(kind="get_layer", value=0))
    walk.held_by[some.root] = owner
    return some
