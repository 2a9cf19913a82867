"""set-metrics."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.facts.program import ACCURACIES
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import add_argument, add_item, follow, quoted, removed, set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.keys import renamed
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy
from unstuck.rules.objective.accuracy_on_signed_labels import BY_SIGN

#: Where one metric stands: its expression, and the list and index that hold it (None for a bare one).
_Spot = tuple[cst.BaseExpression, cst.List | cst.Tuple | None, int]


def _says(values: Values) -> str:
    metrics = " and ".join(name if re.fullmatch(r"\w+", name) else f"`{name}`" for name in values["metrics"])
    replaced = values.get("replace")
    if not metrics:
        return f"Take {replaced} out of the metrics."
    why = f": {values['why']}" if values.get("why") else ""
    return f"Measure {metrics} instead of {replaced}{why}." if replaced else f"Measure {metrics}, too{why}."


@remedy("set-metrics", where="the metrics", says=_says)
def set_metrics(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Measure what the task is about.

    What it changes: one entry of `metrics` in the compile call, or one more of them; the others stay.
    What reads the figure by its key (the `monitor` of a callback, the history) gets the new one.
    When it helps: the present metric counts something that says nothing about this target, such
    as exact equality for numbers. The training itself stays the same.
    """
    try:
        return _edits(source, at, values)
    except Unplaced:
        if values.get("optional"):  # it goes with another change, which is of use without it
            return []
        raise


def _edits(source: Source, at: Place | None, values: Values) -> list[Edit]:
    call = source.call_at(at, ("compile",))
    args = [
        arg for name in ("metrics", "weighted_metrics") if (arg := source.argument(call, name)) is not None
    ]
    start = min((source.span(arg.value)[0] for arg in args), default=source.span(call)[0])
    if not values.get("replace"):
        texts, imports = _texts(source, values["metrics"], start)
        return [*imports, _added(source, call, texts)]
    spots = [spot for arg in args for spot in _spots(source, follow(source, arg.value))]
    name = values["replace"]
    keys = [_key(source, spot[0]) for spot in spots]
    # With several outputs, Keras puts the output's name before the metric's.
    exact = [spot for spot, key in zip(spots, keys, strict=True) if key == name]
    spots = exact or [spot for spot, key in zip(spots, keys, strict=True) if key and name.endswith(f"_{key}")]
    if len(spots) != 1:
        raise Unplaced("several metrics are called so" if spots else f"no metric {name} stands there")
    return [*_replace(source, spots[0], values), *_keys_moved(source, values)]


def _added(source: Source, call: cst.Call, texts: list[str]) -> Edit:
    """More metrics behind those of the only output.

    Raises:
        Unplaced: they are given by output, or stand elsewhere.
    """
    arg = source.argument(call, "metrics")
    if arg is None:
        return add_argument(source, call, "metrics", f"[{', '.join(texts)}]")
    held = follow(source, arg.value)
    if isinstance(held, cst.List) and not any(
        isinstance(follow(source, item.value), (cst.List, cst.Tuple, cst.Dict)) for item in held.elements
    ):
        return add_item(source, held, ", ".join(texts))
    raise Unplaced("it is not clear where among the metrics it belongs")


def _new_key(values: Values) -> str:
    """The key of the one accuracy that takes the place of another, "" where what reads it must change too."""
    new = values["metrics"][0] if len(values["metrics"]) == 1 else ""
    both = {str(values.get("replace")), new} <= ACCURACIES
    return new if both and new != values["replace"] else ""


def _keys_moved(source: Source, values: Values) -> list[Edit]:
    """What reads the accuracy that is replaced by its key, reading the new one."""
    new = _new_key(values)
    return renamed(source, str(values["replace"]), new) if new else []


def _replace(source: Source, spot: _Spot, values: Values) -> list[Edit]:
    node, held, index = spot
    start, end = source.span(node)
    wanted = values["metrics"]
    if len(wanted) == 1 and isinstance(node, cst.Call) and source.kind(node) == _class_of(wanted[0]):
        return _set_arguments(source, node, wanted[0])
    texts, imports = _texts(source, values["metrics"], start, like=node)
    if held is None:
        return [*imports, Edit(start, end, texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")]
    others = [source.code(item.value) for item in held.elements if item.value is not node]
    bare = {other.strip("'\"") for other in others}
    new = [text for text in texts if text.strip("'\"") not in bare]
    if new:
        return [*imports, Edit(start, end, ", ".join(new))]
    if len(held.elements) == 1 and isinstance(held, cst.List):
        return [Edit(start, end, "")]
    return [removed(source, held, index)]


def _class_of(metric: str) -> str:
    """The class that an expression makes a metric of, "" for a plain name."""
    made = re.match(r"keras\.metrics\.(\w+)\(", metric)
    return made[1] if made else ""


def _set_arguments(source: Source, node: cst.Call, metric: str) -> list[Edit]:
    """The same metric with the wanted arguments; its name and all its others stay."""
    call = ast.parse(metric, mode="eval").body
    assert isinstance(call, ast.Call)
    wanted = [(str(each.arg), ast.unparse(each.value)) for each in call.keywords if each.arg != "name"]
    return [edit for name, text in wanted for edit in set_argument(source, node, name, text)]


def _texts(
    source: Source, metrics: tuple[str, ...], at: int, like: cst.BaseExpression | None = None
) -> tuple[list[str], list[Edit]]:
    """The metrics as source: names in quotes, expressions through what the file imports."""
    texts: list[str] = []
    imports: list[Edit] = []
    for metric in metrics:
        path = re.match(r"keras(\.\w+)+", metric)
        if re.fullmatch(r"\w+", metric):
            texts.append(quoted(source, metric, like))
        elif path:
            name, needed = expression(source, path.group(), at)
            texts.append(name + metric[path.end() :])
            imports += needed
        else:
            texts.append(metric)
    return texts, imports


def _spots(source: Source, node: cst.BaseExpression) -> Iterator[_Spot]:
    """Every metric in a list, tuple, dict or nest of them."""
    if isinstance(node, (cst.List, cst.Tuple)):
        for index, item in enumerate(node.elements):
            inner = follow(source, item.value)
            if isinstance(inner, (cst.List, cst.Tuple)):
                yield from _spots(source, inner)
            else:
                yield inner, node, index
    elif isinstance(node, cst.Dict):
        for pair in node.elements:
            yield from _spots(source, follow(source, pair.value))
    else:
        yield node, None, 0


def _key(source: Source, node: cst.BaseExpression) -> str:
    """A metric's key in the history of a model with one output, "" where it is not known."""
    if not isinstance(node, cst.Call):
        known, value = source.literal(node)
        return str(value) if known else _snake(source.dotted(node).rpartition(".")[2])
    given = [source.literal(arg.value)[1] for arg in node.args if arg.keyword and arg.keyword.value == "name"]
    return str(given[0]) if given else _snake(source.kind(node))


def _snake(name: str) -> str:
    """BinaryAccuracy becomes binary_accuracy; what is in snake case already stays."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@set_metrics.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    try:
        return _with_metrics(recipe, values)
    except UntreatableError:
        if values.get("optional"):
            return recipe
        raise


def _with_metrics(recipe: Recipe, values: Values) -> Recipe:
    if BY_SIGN in values["metrics"]:
        recipe = replace(recipe, custom={**recipe.custom, "same_sign": same_sign})
    given = {name: recipe.compiled.get(name) for name in ("metrics", "weighted_metrics")}
    new = [_spec(metric) for metric in values["metrics"]]
    wanted = values.get("replace")
    if not wanted:
        held = given["metrics"] or []
        if not isinstance(held, (list, tuple)) or not all(map(_is_one, held)):
            raise UntreatableError("it is not clear where among the metrics it belongs")
        return recipe.with_compiled(metrics=[*held, *new])
    keys = [key for metrics in given.values() for key in _keys(metrics)]
    # With several outputs, Keras puts the output's name before the metric's.
    alike = [key for key in keys if key == wanted] or [key for key in keys if wanted.endswith(f"_{key}")]
    if len(alike) != 1:
        why = (
            "several metrics are called so" if alike else f"the model is not compiled with a metric {wanted}"
        )
        raise UntreatableError(why)
    swapped = {name: _swapped(metrics, alike[0], new) for name, metrics in given.items() if metrics}
    recipe = recipe.with_compiled(**swapped)
    return _monitors_moved(recipe, wanted, _new_key(values)) if _new_key(values) else recipe


def _monitors_moved(recipe: Recipe, old: str, new: str) -> Recipe:
    """The recipe whose callbacks wait for the new key where they waited for the old one."""
    keys = {f"{before}{old}": f"{before}{new}" for before in ("", "val_")}
    changed = tuple(
        (kind, {**arguments, "monitor": keys[arguments["monitor"]]})
        if arguments.get("monitor") in keys
        else (kind, arguments)
        for kind, arguments in recipe.callbacks
    )
    return replace(recipe, callbacks=changed)


def _keys(given: Any) -> Iterator[str]:
    """The keys of all metrics in what compile was given."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping) and "class_name" in given:
        config = given["config"]
        named = config.get("name") if isinstance(config, Mapping) else config
        yield str(named or _snake(given["class_name"]))
    elif given:
        for part in given.values() if isinstance(given, Mapping) else given:
            yield from _keys(part)


def _swapped(given: Any, key: str, new: list[Any]) -> Any:
    """What compile was given with the metric of this key, and no other, replaced."""
    if isinstance(given, (list, tuple)):
        parts: list[Any] = []
        for part in given:
            this = not isinstance(part, (list, tuple)) and _is_one(part) and list(_keys(part)) == [key]
            parts += [each for each in new if each not in given] if this else [_swapped(part, key, new)]
        return parts
    if isinstance(given, Mapping) and not _is_one(given):
        return {name: _swapped(part, key, new) for name, part in given.items()}
    return (new[0] if len(new) == 1 else new) if given and list(_keys(given)) == [key] else given


def _is_one(given: Any) -> bool:
    """Whether this is one metric, not a structure of them."""
    return isinstance(given, str) or (isinstance(given, Mapping) and "class_name" in given)


def _spec(metric: str) -> Any:
    """A metric as compile takes it: a name, or an expression such as `keras.metrics.AUC(num_thresholds=50)`,
    which is read, not executed, as a serialised object.
    """
    if re.fullmatch(r"\w+", metric):
        return metric
    if metric == BY_SIGN:
        return _BY_SIGN
    made = re.match(r"keras\.metrics\.(\w+)\(", metric)
    call = ast.parse(metric, mode="eval").body
    if made is None or not isinstance(call, ast.Call) or call.args:
        raise UntreatableError(f"{metric} is no metric of Keras's with its arguments by name")
    config = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
    return {"module": "keras.metrics", "class_name": made[1], "config": config, "registered_name": None}


def same_sign(target: Any, predicted: Any) -> Any:
    """Whether target and prediction lie on the same side of 0, as the metric of `BY_SIGN` counts it."""
    import keras

    return keras.ops.equal(keras.ops.reshape(target, keras.ops.shape(predicted)) > 0, predicted > 0)


_SAME_SIGN = {
    "module": "builtins",
    "class_name": "function",
    "config": "same_sign",
    "registered_name": "same_sign",
}
_BY_SIGN = {
    "module": "keras.metrics",
    "class_name": "MeanMetricWrapper",
    "config": {"fn": _SAME_SIGN, "name": "accuracy"},
    "registered_name": None,
}
