"""Recipe: everything that is needed to train a model again, as plain data, and the ways to change it.

A Recipe holds no live Keras object: the model and what it is compiled with are Keras's own
serialised configurations, rows and weights are numpy arrays. `lab` records one from an ended fit
and builds models from it; remedies change it. It imports no Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.evidence.sample import leaves
from unstuck.watch.rows import map_leaves

#: Bytes of rows that a recipe keeps; of more rows it keeps an even choice.
ROW_BYTES = 64 * 2**20


class UntreatableError(Exception):
    """A remedy cannot change this recipe. The text says why, as the end of a sentence."""

    says_all = True


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """One layer of the model, in Keras's own flat order, containers (nested models) included.

    `place` is the call in the user's code that made it, None where that was not seen.
    """

    name: str
    kind: str = "Dense"
    place: Place | None = None
    trainable: bool = True


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that is needed to train again.

    `backend` is Keras's; `policy` the dtype policy. `kind` is "Sequential", "Functional" or
    "subclassed". `model` is the model's serialised configuration (a nested mapping);
    `layer_changes` are constructor arguments by layer name, for subclassed models, whose
    configuration does not hold their layers. `outputs` maps an output's name ("" for the only
    one) to the names of the layer that carries its activation and of the one that sets its width.

    `compiled` holds what compile was given, serialised: "optimizer", "loss", "metrics",
    "weighted_metrics", "loss_weights", ...; `learning_rate` is the rate of the first step.
    `custom` are the user's own classes and functions by the name under which the configurations
    know them.

    `x`, `y`, `sample_weight` are the rows as fit was given them (before `validation_split`), in
    the user's structure, axis 0 being rows; `held_out` is (x, y) of `validation_data`, None
    without it. `count` is the number of rows of the user's run; `complete` is False where
    only a part of them is held.

    `shuffle`, `batch_size`, `epochs`, `class_weight` and `callbacks` are those of fit (callbacks
    that set the learning rate or the weights or end the training, as (class name, arguments), of the
    user's own classes as (key in `custom`, nothing)). `initial` and
    `trained` are weights in the order of `model.weights`, with their paths in `paths`; None where
    they are unknown or too large. `seconds_per_update` are the seconds of work that an
    update of the user's run took. `from_file` is true for what was read from a file: nothing that it
    names or holds may run.
    """

    backend: str = "torch"
    policy: str = "float32"
    kind: str = "Sequential"
    name: str = ""
    model: Mapping[str, Any] = field(default_factory=dict)
    layers: tuple[LayerPlan, ...] = ()
    layer_changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    compiled: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    x: Any = None
    y: Any = None
    sample_weight: np.ndarray | None = None
    held_out: tuple[Any, Any] | None = None
    validation_split: float = 0.0
    count: int = 0
    complete: bool = True
    shuffle: bool = True
    batch_size: int = 32
    epochs: int = 1
    class_weight: Mapping[int, float] | None = None
    callbacks: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    initial: tuple[np.ndarray, ...] | None = None
    trained: tuple[np.ndarray, ...] | None = None
    paths: tuple[str, ...] = ()
    seconds_per_update: float = 0.0
    from_file: bool = False

    # --- what there is ---

    @property
    def rows(self) -> int:
        """How many rows it holds (with those of `validation_split`)."""
        return min((len(leaf) for leaf in leaves(self.x)), default=0)

    @property
    def training_rows(self) -> int:
        """How many of them train."""
        return int(self.rows * (1.0 - self.validation_split)) if self.held_out is None else self.rows

    @property
    def updates(self) -> int:
        """How many updates `epochs` over these rows make."""
        return self.epochs * -(-self.training_rows // max(self.batch_size, 1))

    def split(self) -> tuple[tuple[Any, Any], tuple[Any, Any] | None]:
        """(x, y) that train and (x, y) that judge, cut as Keras cuts them; None without the latter."""
        if self.held_out is not None or not self.validation_split:
            return (self.x, self.y), self.held_out
        cut = self.training_rows
        head, tail = slice(0, cut), slice(cut, None)
        return (
            (taken(self.x, head), taken(self.y, head)),
            (taken(self.x, tail), taken(self.y, tail)),
        )

    def layers_at(self, place: Place | None) -> tuple[str, ...]:
        """The names of the layers that the call at this place made, outermost first."""
        return tuple(layer.name for layer in self.layers if same_place(layer.place, place))

    def kind_of(self, name: str) -> str:
        """The class name of a layer."""
        return next((layer.kind for layer in self.layers if layer.name == name), "")

    def arguments_of(self, name: str) -> Mapping[str, Any]:
        """A layer's constructor arguments, serialised; of a subclassed model only those changed here."""
        changed = self.layer_changes.get(name, {})
        return changed if self.kind == "subclassed" else next(_configs(self.model, name), {})

    def names_in(self, name: str | None = None) -> tuple[str, ...]:
        """The layers that the configuration of a layer (a nested model, a wrapper) or of the whole model
        holds, in its order, which is that of the data.
        """
        known = {layer.name for layer in self.layers}
        node = self.model if name is None else dict(self.arguments_of(name))
        held = (str(config.get("name")) for config in _configs(node))
        return tuple(each for each in held if each in known)

    @property
    def optimizer_arguments(self) -> Mapping[str, Any]:
        """What the optimizer that makes the steps was made with."""
        config: Mapping[str, Any] = (self.compiled.get("optimizer") or {}).get("config", {})
        inner = config.get("inner_optimizer")  # of a LossScaleOptimizer
        return inner["config"] if isinstance(inner, Mapping) else config

    # --- the ways to change it: each gives a new recipe ---

    def with_layers(self, names: Iterable[str], **arguments: Any) -> Recipe:
        """The layers of these names made with other constructor arguments.

        Raises:
            UntreatableError: there is no such layer.
        """
        recipe = self
        for name in names:
            recipe = recipe._with_layer(name, arguments)
        return recipe

    def _with_layer(self, name: str, arguments: Mapping[str, Any]) -> Recipe:
        recipe = self.with_changed(name, lambda config: {**config, **arguments})
        if "trainable" not in arguments:
            return recipe
        trains = bool(arguments["trainable"])
        return replace(recipe, layers=self._replanned(name, trainable=trains))

    def with_changed(self, name: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Recipe:
        """The layer of this name made with its constructor arguments passed through a function.

        Of a subclassed model, the function is given only those that were changed before.

        Raises:
            UntreatableError: there is no such layer.
        """
        if name not in {layer.name for layer in self.layers}:
            raise UntreatableError(f"the model has no layer {name}")
        if self.kind == "subclassed":
            changed = {**self.layer_changes, name: change(self.layer_changes.get(name, {}))}
            return replace(self, layer_changes=changed)
        return self._with_node(name, lambda node: {**node, "config": change(node["config"])})

    def with_kind(self, name: str, kind: str, **arguments: Any) -> Recipe:
        """A layer of Keras's own of another class in the place of this one, under the same name.

        Raises:
            UntreatableError: there is no such layer, or the model is subclassed.
        """
        if self.kind == "subclassed":
            raise UntreatableError("the model makes its layers itself, so none can become another kind")
        known = self.arguments_of(name)
        config = {key: known[key] for key in ("name", "trainable", "dtype") if key in known} | arguments

        def made(node: Mapping[str, Any]) -> Mapping[str, Any]:
            spec = {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}
            calls = [{**call, "kwargs": {}} for call in node.get("inbound_nodes", ())]
            return {**node, **spec, **({"inbound_nodes": calls} if "inbound_nodes" in node else {})}

        recipe = self._with_node(name, made)
        return replace(recipe, layers=self._replanned(name, kind=kind))

    def _with_node(self, name: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Recipe:
        model, found = _edited(self.model, name, change)
        if not found:
            raise UntreatableError(f"the model's configuration does not hold its layer {name}")
        return replace(self, model=_unbuilt(model))

    def _replanned(self, name: str, **values: Any) -> tuple[LayerPlan, ...]:
        return tuple(replace(each, **values) if each.name == name else each for each in self.layers)

    def without_layer(self, name: str) -> Recipe:
        """A Sequential model without this layer.

        Raises:
            UntreatableError: the model is not Sequential, or holds no such layer.
        """
        listed = self.model.get("config", {}).get("layers", ())
        kept = [each for each in listed if each.get("config", {}).get("name") != name]
        if self.kind != "Sequential" or len(kept) == len(listed):
            raise UntreatableError("only layers of a Sequential model can be taken out")
        layers = tuple(layer for layer in self.layers if layer.name != name)
        outputs = {
            output: (wide if carrier == name and wide != name else carrier, wide)
            for output, (carrier, wide) in self.outputs.items()
        }
        return replace(self, model=_with_list(self.model, kept), layers=layers, outputs=outputs)

    def with_inserted(self, before: str, spec: Mapping[str, Any]) -> Recipe:
        """A Sequential model with one more layer, as Keras serialises it, before the named one.

        Raises:
            UntreatableError: the model is not Sequential, or holds no such layer.
        """
        listed = list(self.model.get("config", {}).get("layers", ()))
        at = next((i for i, each in enumerate(listed) if each.get("config", {}).get("name") == before), None)
        if self.kind != "Sequential" or at is None:
            raise UntreatableError("only a Sequential model can be given another layer")
        listed.insert(at, dict(spec))
        plan = LayerPlan(name=str(spec["config"]["name"]), kind=str(spec["class_name"]))
        place = next(i for i, each in enumerate(self.layers) if each.name == before)
        layers = (*self.layers[:place], plan, *self.layers[place:])
        return replace(self, model=_with_list(self.model, listed), layers=layers)

    def with_optimizer(self, **arguments: Any) -> Recipe:
        """Another argument of the optimizer, such as learning_rate or clipnorm."""
        spec = self.compiled.get("optimizer") or {}
        config = dict(spec.get("config", {}))
        inner = config.get("inner_optimizer")  # a LossScaleOptimizer steps through another one
        if isinstance(inner, Mapping):
            config["inner_optimizer"] = {**inner, "config": {**inner["config"], **arguments}}
        else:
            config |= arguments
        compiled = {**self.compiled, "optimizer": {**spec, "config": config}}
        rate = arguments.get("learning_rate", self.learning_rate)
        return replace(self, compiled=compiled, learning_rate=rate if isinstance(rate, float) else None)

    def with_compiled(self, **arguments: Any) -> Recipe:
        """Other arguments of compile, serialised or as the plain strings that Keras takes."""
        return replace(self, compiled={**self.compiled, **arguments})

    def with_inputs(self, change: Callable[[np.ndarray], np.ndarray]) -> Recipe:
        """Every input array passed through a function, the held-out rows' too."""
        held_out = (map_leaves(change, self.held_out[0]), self.held_out[1]) if self.held_out else None
        return replace(self, x=map_leaves(change, self.x), held_out=held_out)

    def with_targets(self, change: Callable[[np.ndarray], np.ndarray]) -> Recipe:
        """Every target array passed through a function, the held-out rows' too."""
        held_out = (self.held_out[0], map_leaves(change, self.held_out[1])) if self.held_out else None
        return replace(self, y=map_leaves(change, self.y), held_out=held_out)

    def with_rows(self, chosen: Any) -> Recipe:
        """Only these rows (indices, a mask or a slice), in the order given."""
        weight = self.sample_weight[chosen] if self.sample_weight is not None else None
        return replace(self, x=taken(self.x, chosen), y=taken(self.y, chosen), sample_weight=weight)


def same_place(one: Place | None, other: Place | None) -> bool:
    """Whether two places are one call; columns count where both know them."""
    if one is None or other is None or (one.file, one.line) != (other.file, other.line):
        return False
    return None in (one.column, other.column) or (one.column, one.end_line, one.end_column) == (
        other.column,
        other.end_line,
        other.end_column,
    )


def taken(structure: Any, chosen: Any) -> Any:
    """These rows of every array."""
    return map_leaves(lambda leaf: leaf[chosen], structure)


def _edited(
    node: Any, name: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> tuple[Any, bool]:
    """The configuration with the named layer's own part changed, and whether it was found."""
    if isinstance(node, Mapping):
        config = node.get("config")
        if "class_name" in node and isinstance(config, Mapping) and config.get("name") == name:
            return change(node), True
        parts = {key: _edited(part, name, change) for key, part in node.items()}
        return {key: part for key, (part, _) in parts.items()}, any(found for _, found in parts.values())
    if isinstance(node, (list, tuple)):
        edited = [_edited(part, name, change) for part in node]
        return type(node)([part for part, _ in edited]), any(found for _, found in edited)
    return node, False


def _configs(node: Any, name: str | None = None) -> Iterator[Mapping[str, Any]]:
    """The constructor arguments of all serialised objects, or of those of one name, outermost first."""
    if isinstance(node, Mapping):
        config = node.get("config")
        if "class_name" in node and isinstance(config, Mapping) and name in (None, config.get("name")):
            yield config
        for part in node.values():
            yield from _configs(part, name)
    elif isinstance(node, (list, tuple)):
        for part in node:
            yield from _configs(part, name)


def _with_list(model: Mapping[str, Any], layers: list[Any]) -> Mapping[str, Any]:
    """A Sequential model's configuration with other layers."""
    changed: Mapping[str, Any] = _unbuilt({**model, "config": {**model["config"], "layers": layers}})
    return changed


def _unbuilt(node: Any, inner: bool = False) -> Any:
    """The configuration without the shapes that layers were built for, which a change before them alters.

    They follow from the model's inputs. A Sequential model inside another model notes its input's
    shape as a first layer, whether the user gave one or not.
    """
    if isinstance(node, (list, tuple)):
        return type(node)([_unbuilt(part, inner) for part in node])
    if not isinstance(node, Mapping):
        return node
    bare = {key: _unbuilt(part, True) for key, part in node.items() if key != "build_config"}
    if inner and node.get("class_name") == "Sequential":
        layers = [each for each in bare["config"]["layers"] if each["class_name"] != "InputLayer"]
        bare["config"] = {**bare["config"], "layers": layers, "build_input_shape": None}
    return bare
