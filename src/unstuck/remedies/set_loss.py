"""set-loss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import add_argument, follow, quoted, replaced, set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy

_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
}
_CLASSES = {
    "kl_divergence": "KLDivergence",
    "kld": "KLDivergence",
    "log_cosh": "LogCosh",
    "logcosh": "LogCosh",
}
#: Arguments that a loss of another kind takes, too.
_KEPT = {"reduction", "name"}
_KEPT_BY_CLASSES = _KEPT | {"label_smoothing"}


def _class(name: str) -> str:
    """The class of a loss: BinaryCrossentropy for binary_crossentropy."""
    name = _SHORT.get(name, name)
    return _CLASSES.get(name) or "".join(part.capitalize() for part in name.split("_"))


def _says(values: Values) -> str:
    logits = values.get("from_logits")
    how = f" and from_logits={bool(logits)}" if logits is not None else ""
    output = f" for the output {values['output']}" if values.get("output") else ""
    return f'Compile with loss "{values["loss"]}"{how}{output}.'


@remedy("set-loss", where="the loss", says=_says)
def set_loss(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Train on the loss that belongs to the output and the labels.

    What it changes: `loss` in the compile call: a name, or a loss object whose other arguments
    stay as far as the new loss knows them. `from_logits` says whether the model ends in raw
    scores (True) or in probabilities (False).
    When it helps: the present loss has its minimum elsewhere than at right answers, or cannot
    send a gradient.
    """
    call = source.call_at(at, ("compile",))
    arg = source.argument(call, "loss")
    if arg is None:
        if values.get("output"):
            raise Unplaced("the compile call names no loss for each output")
        text, imports = _written(source, values, source.span(call)[0], "")
        return [*imports, add_argument(source, call, "loss", text)]
    return _replace(source, _of_output(source, arg.value, values.get("output")), values)


def _of_output(source: Source, node: cst.BaseExpression, output: str | None) -> cst.BaseExpression:
    """The expression that gives one output's loss, where losses are a dict."""
    held = follow(source, node)
    if isinstance(held, cst.Dict):
        pairs = [each for each in held.elements if isinstance(each, cst.DictElement)]
        named = [each for each in pairs if not output or source.literal(each.key) == (True, output)]
        if len(named) != 1:
            raise Unplaced("the losses stand in a dict, and it is not clear which one to change")
        return named[0].value
    if isinstance(held, cst.List) and len(held.elements) == 1:
        return held.elements[0].value
    if isinstance(held, (cst.List, cst.Tuple)) or output:
        raise Unplaced("it is not clear which of the outputs' losses to change")
    return node


def _replace(source: Source, node: cst.BaseExpression, values: Values) -> list[Edit]:
    made, wanted, logits = follow(source, node), _class(values["loss"]), values.get("from_logits")
    if made is node and isinstance(source.assigned(node), cst.Call):
        raise Unplaced("this loss object is used in several places")
    if not isinstance(made, cst.Call):
        if logits is None or not logits:
            return replaced(source, node, values["loss"], quote=True)
        text, imports = _written(source, values, source.span(made)[0], "")
        return [*imports, *replaced(source, node, text)]
    if source.kind(made) == wanted:
        if logits is None:
            raise Unplaced("it is this loss already")
        return set_argument(source, made, "from_logits", str(bool(logits)))
    kept = _kept(source.kind(made), wanted)
    start, end = source.span(made)
    text, imports = _written(source, values, start, _arguments(source, made, kept))
    return [*imports, Edit(start, end, text)]


_SPARSE = "SparseCategoricalCrossentropy"


def _kept(present: str, wanted: str) -> set[str]:
    """The arguments that a loss of the wanted class takes over from one of the present class."""
    smooth = all("Crossentropy" in name and name != _SPARSE for name in (present, wanted))
    return _KEPT_BY_CLASSES if smooth else _KEPT


def _arguments(source: Source, call: cst.Call, kept: set[str]) -> str:
    """The text of the arguments that the new loss takes over."""
    return ", ".join(source.code(arg) for arg in call.args if arg.keyword and arg.keyword.value in kept)


def _written(source: Source, values: Values, at: int, arguments: str) -> tuple[str, list[Edit]]:
    """The loss as a string, or as an object when it has arguments, and the imports that this needs."""
    arguments = ", ".join(
        part for part in ("from_logits=True" * bool(values.get("from_logits")), arguments) if part
    )
    wanted = _class(values["loss"])
    if not arguments or not re.fullmatch(r"[A-Za-z]+", wanted):
        return quoted(source, values["loss"]), []
    made, imports = expression(source, f"keras.losses.{wanted}", at)
    return f"{made}({arguments})", imports


@set_loss.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    present, output = recipe.compiled.get("loss"), values.get("output")
    if isinstance(present, Mapping) and "class_name" not in present:
        names = [name for name in present if not output or name == output]
        if len(names) != 1:
            raise UntreatableError("it is not clear which of the outputs' losses to change")
        return recipe.with_compiled(loss={**present, names[0]: _spec(present[names[0]], values)})
    if isinstance(present, (list, tuple)):
        at_output = list(recipe.outputs).index(output) if output and output in recipe.outputs else 0
        if len(present) > 1 and (not output or len(present) != len(recipe.outputs)):
            raise UntreatableError("it is not clear which of the outputs' losses to change")
        specs = [_spec(each, values) if i == at_output else each for i, each in enumerate(present)]
        return recipe.with_compiled(loss=specs)
    if output and len(recipe.outputs) > 1:
        raise UntreatableError("it is not clear which of the outputs' losses to change")
    return recipe.with_compiled(loss=_spec(present, values))


def _spec(present: Any, values: Values) -> Any:
    """The loss in the place of the present one, as compile takes it: a name, or a serialised object."""
    wanted, logits = _class(values["loss"]), values.get("from_logits")
    made = isinstance(present, Mapping) and present.get("class_name") != "function"
    if made and present["class_name"] == wanted:
        if logits is None:
            raise UntreatableError("it is this loss already")
        return {**present, "config": {**present["config"], "from_logits": bool(logits)}}
    kept = _kept(present["class_name"], wanted) - {"name"} if made else set()
    config = {name: value for name, value in present["config"].items() if name in kept} if made else {}
    config |= {"from_logits": True} if logits else {}
    if not config or not re.fullmatch(r"[A-Za-z]+", wanted):
        return values["loss"]
    return {"module": "keras.losses", "class_name": wanted, "config": config, "registered_name": None}
