"""A picture of the page, and the catalogue of all: each file in `pictures` registers one by being there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from unstuck.case.schema import RunRecord
from unstuck.registry import Registry

#: Given the run and the name of an output ("" for the only one): the picture, None where its data is absent.
Draw = Callable[[RunRecord, str], "Picture | None"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """One entry of a legend.

    `mark` is "line", "dash", "dot", "chain", "area", "box", "point" or "tick"; `colour` is the name of
    one of the page's colours.
    """

    label: str
    mark: str = "line"
    colour: str = "ink"
    opacity: float = 1.0

    @property
    def dashes(self) -> str:
        """The stroke's pattern in the legend."""
        return {"dash": "5 3", "dot": "1.5 2.5", "chain": "6 2 1.5 2"}.get(self.mark, "")


#: The same patterns for matplotlib, in points.
DASHES: dict[str, Any] = {
    "line": "-",
    "dash": (0, (4, 2.4)),
    "dot": (0, (1.2, 2.0)),
    "chain": (0, (5, 1.8, 1.2, 1.8)),
}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One drawing with its words.

    `title` names it, `says` tells in words what it shows, with its numbers. `head` and `rows` are the
    same as a table, for names too long for an axis and for readers who cannot see the drawing.
    """

    title: str
    says: str
    figure: Any
    keys: tuple[Key, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of picture: how it is drawn, which causes it fits, and which experiment it shows."""

    name: str
    draw: Draw
    fits: tuple[str, ...] = ()
    experiment: str = ""
    rank: int = 0


_KINDS: Registry[Kind] = Registry("pictures", "unstuck.report.html.pictures")


def picture(*, fits: tuple[str, ...] = (), experiment: str = "", rank: int = 0) -> Callable[[Draw], Draw]:
    """Register a drawing.

    Args:
        fits: the rules of the causes that it is shown with.
        experiment: the experiment whose answer it shows.
        rank: the lower, the earlier among the pictures of one cause.
    """

    def register(draw: Draw) -> Draw:
        name = getattr(draw, "__name__", "picture").replace("_", "-")
        _KINDS.put(name, Kind(name, draw, fits, experiment, rank), draw.__module__)
        return draw

    return register


@functools.cache
def kinds() -> tuple[Kind, ...]:
    """All kinds of pictures, in the order in which they stand beside each other."""
    return tuple(sorted(_KINDS.all().values(), key=lambda kind: (kind.rank, kind.name)))
