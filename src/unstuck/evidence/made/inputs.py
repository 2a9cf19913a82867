"""The statements that made what fit is given, one for each input: where an input is to be mended."""

from __future__ import annotations

import ast
from dataclasses import replace

from unstuck.evidence.facts import Input, Inputs, Place
from unstuck.evidence.made.blame import calls_at, given
from unstuck.evidence.made.follower import Chain, Follower
from unstuck.evidence.made.scopes import Path, Spot


def with_places(inputs: Inputs, fit: Place) -> Inputs:
    """The inputs with the place of the last statement that gave each its values, as far as that can be seen.

    An input that is made of the targets by name is made an input where that is said. Where nothing is found,
    an input is as it was.
    """
    call = next(calls_at(fit), None)
    if call is None:
        return inputs
    x, y, held = (given(call, name, fit.file) for name in ("x", "y", "validation_data"))
    target = _way(y) if y is not None and not y.path else Chain()
    judged = replace(held, path=(*held.path, ("item", 0))) if held is not None else None
    return replace(
        inputs,
        training=_placed(inputs.training, x, target),
        validation=_placed(inputs.validation, judged, target),
    )


def _placed(inputs: tuple[Input, ...], spot: Spot | None, target: Chain) -> tuple[Input, ...]:
    if spot is None:
        return inputs
    ways = (
        [spot]
        if len(inputs) == 1
        else [replace(spot, path=(*spot.path, each)) for each in _parts(spot, inputs)]
    )
    return tuple(
        replace(each, place=each.place or _place(way, target))
        for each, way in zip(inputs, ways, strict=False)
    )


def _parts(spot: Spot, inputs: tuple[Input, ...]) -> Path:
    """The way to each of several inputs; Keras sorts those of a dictionary by their keys."""
    end = _way(spot).end
    if end is not None and isinstance(end.expression, ast.Dict):
        keys = [each.value for each in end.expression.keys if isinstance(each, ast.Constant)]
        return tuple(("item", key) for key in sorted(keys, key=str))
    return tuple(("item", index) for index in range(len(inputs)))


def _way(spot: Spot) -> Chain:
    return next(Follower().chains(spot), Chain())


def _place(spot: Spot, target: Chain) -> Place | None:
    """The last line of the way back, but none that the targets came through as well."""
    chain, shared = _way(spot), {link.place for link in target.links}
    own = [link.place for link in chain.links if link.place not in shared]
    return own[-1] if own else chain.place
