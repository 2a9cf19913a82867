"""Models with more or fewer hidden units, or one hidden layer more, than those of a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.lab.build import build
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.lab.record import NoRecipeError

#: Layers whose width may be chosen freely; the width of a depthwise layer is its input's.
HIDDEN = frozenset(
    {"Dense", "LSTM", "GRU", "SimpleRNN"}
    | {f"{kind}{n}D" for kind in ("Conv", "SeparableConv") for n in (1, 2, 3)}
    | {f"Conv{n}DTranspose" for n in (1, 2, 3)}
)


def hidden_widths(recipe: Recipe) -> dict[str, int]:
    """The units or filters of each hidden layer, by its name; those that make an output are none.

    Raises:
        UnaskableError: the model cannot be built again.
    """
    with quiet():
        try:
            model = build(recipe)
        except NoRecipeError as error:
            raise UnaskableError(str(error)) from None
    ends = {name for pair in recipe.outputs.values() for name in pair if name is not None}
    ends |= {inner for name in ends for inner in _names_in(recipe, name)}
    found = {}
    live = model._flatten_layers(include_self=False)
    for plan, layer in zip(recipe.layers, live, strict=False):
        if plan.kind == type(layer).__name__ and plan.kind in HIDDEN and plan.name not in ends:
            width = getattr(layer, WITH_WIDTH.get(plan.kind, "units"), None)
            if isinstance(width, int) and plan.trainable:
                found[plan.name] = width
    if not recipe.outputs and len(found) > 0:
        found.popitem()  # it is not known what makes the output: the last one is taken for it
    return found


def _names_in(recipe: Recipe, name: str) -> tuple[str, ...]:
    return recipe.names_in(name) if recipe.kind != "subclassed" else ()


def widened(recipe: Recipe, widths: Mapping[str, int], factor: float) -> Recipe:
    """All hidden layers with `factor` times their units, one at least.

    Raises:
        UntreatableError: none of them can be changed.
    """
    changed, reason = 0, "the model has no hidden layer"
    for name, width in widths.items():
        argument = WITH_WIDTH.get(recipe.kind_of(name), "units")
        try:
            recipe = recipe.with_layers([name], **{argument: max(1, round(width * factor))})
            changed += 1
        except UntreatableError as error:  # a copy that a wrapper made of the layer it was given
            reason = str(error)
    if not changed:
        raise UntreatableError(reason)
    return recipe


def deepened(recipe: Recipe, widths: Mapping[str, int]) -> Recipe:
    """One more hidden layer, a copy of the last Dense one, behind it.

    Raises:
        UntreatableError: the model is not Sequential, or has no hidden Dense layer.
    """
    names = [name for name in widths if recipe.kind_of(name) == "Dense"]
    listed = recipe.model.get("config", {}).get("layers", ())
    order = [each.get("config", {}).get("name") for each in listed]
    last = max((order.index(name) for name in names if name in order), default=None)
    if recipe.kind != "Sequential" or last is None or last + 1 >= len(order):
        raise UntreatableError("only a Sequential model with a hidden Dense layer can be given another one")
    spec: dict[str, Any] = {key: part for key, part in listed[last].items() if key != "build_config"}
    spec["config"] = {**spec["config"], "name": f"{order[last]}_again"}
    return recipe.with_inserted(order[last + 1], spec)
