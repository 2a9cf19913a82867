"""The shape of a sign: a pattern in the figures of a log, and the causes that it fits.

A sign is a pure function of one LoggedRun. Its docstring is its page; `fires` and `quiet` are its
examples and its tests. Most take one output's part of a run; those that ask for `Book` compare all
trainings of a log.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from unstuck.evidence.printed.run import LoggedRun
from unstuck.registry import Registry

Certainty = typing.Literal["suspected", "measured"]

#: What a model that always answers the same shows, whatever the answer: covered by the sign that names it.
ONE_ANSWER = (
    "training-below-validation",
    "accuracy-never-moves",
    "one-answer-for-all",
    "loss-stands-still",
    "nothing-moves",
)


@dataclass(frozen=True)
class Book:
    """All trainings of one log, in their order."""

    runs: tuple[LoggedRun, ...]


@dataclass(frozen=True)
class Fit:
    """A cause that a sign fits, and what in the figures speaks for it.

    `certainty` is "measured" only where the figures leave no other explanation of those known.
    """

    cause: str
    because: str = ""
    certainty: Certainty = "suspected"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a sign found. `says` has the figures and the arithmetic; `shows` the same by name.

    `certainty` is "measured" where a figure agrees with a constant to its printed digits or crossed
    a bound. `fits` are the causes, the likeliest first; none for a mere fact. `facts` are what the
    figures tell about the data ("classes", "validation rows"...). `covers` names signs that this
    one explains better.
    """

    says: str
    shows: Mapping[str, Any] = field(default_factory=dict)
    fits: tuple[Fit, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    certainty: Certainty = "measured"
    covers: tuple[str, ...] = ()
    sign: str = ""
    output: str = ""


Check = Callable[[Any], Seen | None]


@dataclass(frozen=True)
class Sign:
    """A check with its name, its examples, and what it covers. `rank` orders signs: the surest first."""

    name: str
    check: Check
    rank: int
    covers: tuple[str, ...]
    of_book: bool
    examples_fire: list[Any] = field(default_factory=list)
    examples_quiet: list[Any] = field(default_factory=list)

    def __call__(self, given: LoggedRun | Book) -> Seen | None:
        """What it finds, with its name."""
        seen = self.check(given)
        return None if seen is None else replace(seen, sign=self.name, covers=(*self.covers, *seen.covers))

    def fires(self, given: LoggedRun | Book) -> None:
        """An example on which it must find something."""
        self.examples_fire.append(given)

    def quiet(self, given: LoggedRun | Book) -> None:
        """An example on which it must find nothing."""
        self.examples_quiet.append(given)

    @property
    def page(self) -> str:
        """The sign's documentation, dedented."""
        return inspect.cleandoc(self.check.__doc__ or "")


_SIGNS: Registry[Sign] = Registry("signs", "unstuck.rules.figures")


def sign(name: str, *, rank: int, covers: tuple[str, ...] = ()) -> Callable[[Check], Sign]:
    """Make a check a sign.

    Ranks: 10 Keras says so itself; 20 a figure that has one meaning; 30 a constant that two figures
    agree on; 40 one constant; 50 a shape of the curve; 60 what is left when nothing else fits.
    """

    def decorate(check: Check) -> Sign:
        kind = next(iter(inspect.signature(check).parameters.values())).annotation
        made = Sign(name, check, rank, covers, of_book="Book" in str(kind))
        return _SIGNS.put(name, made, check.__module__)

    return decorate


@cache
def signs() -> tuple[Sign, ...]:
    """All signs, the surest first."""
    return tuple(sorted(_SIGNS.all().values(), key=lambda each: (each.rank, each.name)))
