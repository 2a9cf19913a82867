"""Changes of a recipe's layers that several remedies share."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import BARE_ACTIVATIONS, WITH_WIDTH
from unstuck.lab.recipe import Recipe, UntreatableError

DROPOUTS = (
    *("Dropout", "AlphaDropout", "GaussianDropout"),
    *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
)
"""Layers that drop values at a `rate`."""


def chosen(
    recipe: Recipe, at: Place | None, kinds: Collection[str], otherwise: Iterable[str] = ()
) -> tuple[str, ...]:
    """The layers of these kinds that the call at a place made, else those of `otherwise`.

    One call in a loop makes layers of one kind, and all of them change with it; but where the place is
    marked as shared, those of `otherwise` among them are meant. A call that made layers of several of
    these kinds builds a whole model, and no argument of it is the layer's.

    Raises:
        UntreatableError: there is none.
    """
    made = tuple(name for name in recipe.layers_at(at) if recipe.kind_of(name) in kinds)
    others = tuple(name for name in otherwise if recipe.kind_of(name) in kinds)
    if len({recipe.kind_of(name) for name in made}) == 1:
        meant = tuple(name for name in made if name in others) if at is not None and at.shared else ()
        return meant or made
    if not others:
        raise UntreatableError("it is not known which layer of the model to change")
    return others


def only(recipe: Recipe, kinds: Collection[str]) -> tuple[str, ...]:
    """The layer of these kinds before the output, when there is just one."""
    ends = {name for pair in recipe.outputs.values() for name in pair}
    found = tuple(each.name for each in recipe.layers if each.kind in kinds and each.name not in ends)
    return found if len(found) == 1 else ()


def ending(recipe: Recipe, part: int) -> tuple[str, ...]:
    """The layer that carries the only output's activation (0) or sets its width (1), and those inside it.

    A layer that keeps the width (an activation, dropout) has it from the last one before it that sets one.
    """
    known = list(recipe.outputs.values())
    pair = recipe.outputs.get("") or (known[0] if len(known) == 1 else (None, None))
    name = pair[part]
    if name is None:
        return ()
    inside = (name, *recipe.names_in(name))
    if part == 0 or any(recipe.kind_of(each) in WITH_WIDTH for each in inside):
        return inside
    order = recipe.names_in()
    before = order[: order.index(name)] if name in order else ()
    return tuple(each for each in before if recipe.kind_of(each) in WITH_WIDTH)[-1:]


def set_activation(recipe: Recipe, names: Iterable[str], activation: str) -> Recipe:
    """Give layers another activation; `ReLU()` and its like become `Activation("...")`."""
    for name in names:
        if recipe.kind_of(name) in BARE_ACTIVATIONS:
            recipe = recipe.with_kind(name, "Activation", activation=activation)
        else:
            recipe = recipe.with_layers([name], activation=activation)
    return recipe


def set_width(recipe: Recipe, names: Iterable[str], units: int) -> Recipe:
    """Give layers another number of units or filters."""
    for name in names:
        recipe = recipe.with_layers([name], **{WITH_WIDTH[recipe.kind_of(name)]: int(units)})
    return recipe
