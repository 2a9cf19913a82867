"""One training as the source shows it: the model as it stands there, what it is compiled with, the fit."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import PARAMETERS
from unstuck.reading.describe import Described, described
from unstuck.reading.graph import all_parts
from unstuck.reading.values import Compiled, Network, Unread, plain
from unstuck.reading.walk import Walk

#: Methods of a model that train it.
FITS = ("fit", "fit_generator", "train_on_batch")


#: Trainings of one file that are described at most, and those of one call of fit, which is in a loop then.
MOST_TRAININGS, MOST_OF_ONE_CALL = 1000, 50


@dataclass(frozen=True, eq=False)
class FitCall:
    """One call of fit: its arguments by name, its place, the loops around it, the fits of this model before.

    `loop_starts` are for each loop the root of a value at its start: what is made in it has a later one.
    """

    arguments: Mapping[str, Any]
    hidden: bool = False
    place: Place | None = None
    method: str = "fit"
    loops: tuple[ast.AST, ...] = ()
    loop_starts: tuple[int, ...] = ()
    before: int = 0


@dataclass(frozen=True, eq=False)
class Training:
    """What the source shows of one training: the model as it stood when fit was called.

    `guessed` says that it stands in a function that the file does not call, `doubts` why the model may
    be another one by then.
    """

    network: Network
    fit: FitCall | None
    described: Described
    compiled: Compiled | None = None
    guessed: bool = False
    doubts: tuple[str, ...] = ()


def trained(
    walk: Walk,
    node: ast.Call,
    network: Network,
    method: str,
    positional: list[Any],
    keywords: dict[str, Any],
    hidden: bool,
) -> Unread:
    """Note a call of fit, with the model as it stands now."""
    names = PARAMETERS["fit"] if method == "fit" else ("x", "y")
    arguments = {**dict(zip(names, positional, strict=False)), **keywords}
    place = replace(walk.place(node), shared=False)
    told, call = (id(network), node.lineno, node.col_offset), (node.lineno, node.col_offset)
    walk.doubtful = walk.doubtful or method == "fit_generator"
    few = walk.fitted_by[call] < MOST_OF_ONE_CALL and len(walk.trainings) < MOST_TRAININGS
    if told in walk.fitted or not few:
        network.fits += 1
        if not few:
            walk.left_out.add(f"of the trainings that line {node.lineno} makes, only the first were read")
        return Unread(origin="history", place=place)
    walk.fitted.add(told)
    walk.fitted_by[call] += 1
    fit = FitCall(
        arguments=arguments,
        hidden=hidden,
        place=place,
        method=method,
        loops=tuple(walk.loops),
        loop_starts=tuple(walk.loop_starts),
        before=network.fits,
    )
    network.fits += 1
    doubts = (*walk.assumed, *network.doubts)
    walk.trainings.append(Training(network, fit, described(network), network.compiled, walk.guessing, doubts))
    walk.note("fitted-model", node, of=network, fit=fit)
    return Unread(origin="history", place=walk.place(node))


class Models:
    """The models of one file as they stand at its end. A model that several walks over the file share is the
    same in all of them, and is looked into once.
    """

    def __init__(self) -> None:
        self.described = cache(described)
        self._inside = cache(_models_inside)
        self._untrained = cache(self._as_untrained)

    def untrained(self, walk: Walk) -> list[Training]:
        """The models that the file builds or compiles and does not train itself."""
        inside = {id(part) for each in walk.networks for part in self._inside(each)}
        rest = [
            each
            for each in walk.networks
            if not each.fits and id(each) not in inside and plain(each.attributes.get("nested")) is not True
        ]
        return [self._untrained(each) for each in rest[:MOST_TRAININGS]]

    def _as_untrained(self, network: Network) -> Training:
        return Training(network, None, self.described(network), network.compiled)


def _models_inside(network: Network) -> tuple[Network, ...]:
    return tuple(part for part in all_parts(network) if isinstance(part, Network))
