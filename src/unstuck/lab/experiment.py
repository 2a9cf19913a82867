"""The shape of an experiment, and the catalogue of all of them, found by being there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from unstuck.evidence.probe import Clock
from unstuck.lab.recipe import Recipe
from unstuck.registry import Registry


class UnaskableError(Exception):
    """An experiment cannot be made on this recipe. The text says why, as a sentence without its full stop."""

    says_all = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an experiment found.

    `says` is one or two sentences with the figures in them: what was done, what came out, what it
    means. `shows` are the figures by name (plain numbers, strings, lists of them). `supports` and
    `refutes` name causes that this answer speaks for or against; a cause is refuted only where the
    answer could not have come out so if it held. `record` is the evidence for rules that judge it
    (a record of `evidence.facts`), None where no rule does.
    """

    says: str
    shows: Mapping[str, Any] = field(default_factory=dict)
    supports: tuple[str, ...] = ()
    refutes: tuple[str, ...] = ()
    record: Any = None


Question = Callable[[Recipe, Clock], Answer]


@dataclass(frozen=True)
class Experiment:
    """A question that is put to a recipe.

    `decides` names the causes that its answer can support or refute: it is asked by itself when
    one of them is suspected. `trains` is false for those that only run the trained weights.
    """

    name: str
    question: Question
    decides: tuple[str, ...]
    trains: bool

    def __call__(self, recipe: Recipe, clock: Clock) -> Answer:
        """Ask it.

        Raises:
            UnaskableError: it cannot be asked of this recipe; the text says why.
        """
        return self.question(recipe, clock)

    @property
    def page(self) -> str:
        """Its documentation, dedented."""
        return inspect.cleandoc(self.question.__doc__ or "")

    @property
    def title(self) -> str:
        """The first line of the page."""
        return self.page.splitlines()[0] if self.page else self.name


_CATALOGUE: Registry[Experiment] = Registry("experiments", "unstuck.lab.experiments")


def experiment(
    name: str, *, decides: tuple[str, ...] = (), trains: bool = True
) -> Callable[[Question], Experiment]:
    """Make a function (recipe, clock) -> Answer an experiment. Its docstring is its page."""

    def decorate(question: Question) -> Experiment:
        return _CATALOGUE.put(name, Experiment(name, question, decides, trains), question.__module__)

    return decorate


def experiments() -> dict[str, Experiment]:
    """All experiments by name."""
    return _CATALOGUE.all()
