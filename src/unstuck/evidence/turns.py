"""What the fits of one model were taught, one after the other.

A discriminator that is fitted to ones and then to zeros has one label in each fit and both in its training.
A model that is fitted to one file after the other, with other classes in each, forgets those of the last.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from unstuck.evidence.facts import Evidence, Labels, Output

#: Fits with one label that are remembered; a loop of thousands of them tells nothing more.
REMEMBERED = 100

#: Fits of several epochs that are held against each other.
_MOST_PARTS = 8

#: Why the course of such a fit is not judged.
ONE_TURN = "this fit is one turn of a training whose other fits teach the model another label"


#: A loss that begins twice as high as the fit before ended has lost more than a step can cost.
FORGOT = 2.0

#: One jump may be a new task; after a second one it is how the model is taught.
FEWEST_JUMPS = 2


@dataclass(frozen=True)
class FittedPart:
    """A fit of several epochs: its run, what it taught, where its loss began and ended."""

    run: int
    evidence: Evidence
    taught: frozenset[float]
    began: float
    ended: float


@dataclass
class _Model:
    """What all fits of one model taught, those of one label for which others may yet come, by run, and the
    last of several epochs, each on other classes than the one before.
    """

    held: weakref.ref[Any]
    taught: dict[str, frozenset[float]] = field(default_factory=dict)
    waiting: dict[int, Evidence] = field(default_factory=dict)
    parts: list[FittedPart] = field(default_factory=list)
    told: set[int] = field(default_factory=set)

    def forgetting(self, run: int, evidence: Evidence) -> dict[int, Evidence]:
        """The fits of which it is known only now that each undid the one before, with the evidence."""
        part = part_of(run, evidence)
        if part is None:
            return {}
        self.parts = [*self.parts[-_MOST_PARTS:], part]
        jumps = jumps_of(self.parts)
        if len(jumps) < FEWEST_JUMPS:
            return {}
        news = [each for each in self.parts if each.run not in self.told]
        self.told |= {each.run for each in news}
        return {each.run: _with_jumps(each.evidence, jumps) for each in news}


class Turns:
    """The fits of a script, and which of those with one label were taught others elsewhere."""

    def __init__(self) -> None:
        self._models: dict[int, _Model] = {}
        self._remembered = 0

    def ended(self, model: Any, run: int, evidence: Evidence) -> dict[int, Evidence]:
        """Remember a fit that has ended.

        Returns: by the number of their run, fits with one label of which it is known only now that the same
        model was taught other values as well, with the evidence as it is then, and those of which it is known
        only now that they made the model forget. Each comes once.
        """
        known = self._models.get(id(model))
        if known is None or known.held() is not model:  # the number of a model that is gone may come again
            known = self._models[id(model)] = _Model(weakref.ref(model))
        taught = _taught(evidence)
        known.taught |= {name: known.taught.get(name, frozenset()) | each for name, each in taught.items()}
        if self._remembered < REMEMBERED and any(len(each) == 1 for each in taught.values()):
            known.waiting[run] = evidence
            self._remembered += 1
        apart = {number: _apart(each, known.taught) for number, each in known.waiting.items()}
        turns = {
            number: _as_turn(known.waiting.pop(number), names) for number, names in apart.items() if names
        }
        self._remembered -= len(turns)
        return turns | known.forgetting(run, evidence)


def part_of(run: int, evidence: Evidence) -> FittedPart | None:
    """A fit of several epochs with one output of several classes, None for others."""
    fit, outputs = evidence.fit, evidence.outputs
    curve = outputs[0].curve if len(outputs) == 1 else None
    if fit is None or curve is None or len(curve.loss) < 2 or not all(map(math.isfinite, curve.loss)):
        return None
    taught = next(iter(_taught(evidence).values()), frozenset())
    labels = outputs[0].labels
    if len(taught) < 2 or labels is None or labels.form == "continuous":
        return None
    return FittedPart(run, evidence, taught, curve.loss[0], curve.loss[-1])


def jumps_of(parts: Sequence[FittedPart]) -> tuple[tuple[float, float], ...]:
    """The losses with which a fit ended and the next, on other classes, began, where it lost much by it."""
    return tuple(
        (before.ended, after.began)
        for before, after in pairwise(parts)
        if before.taught != after.taught and after.began > FORGOT * before.ended
    )


def _with_jumps(evidence: Evidence, jumps: tuple[tuple[float, float], ...]) -> Evidence:
    fit = evidence.fit
    return replace(evidence, fit=replace(fit, jumps=jumps)) if fit is not None else evidence


def _apart(evidence: Evidence, taught: Mapping[str, frozenset[float]]) -> set[str]:
    """The outputs that this fit taught one value and all fits together several."""
    own = _taught(evidence)
    return {name for name, values in own.items() if len(values) == 1 and taught[name] != values}


def _as_turn(evidence: Evidence, apart: set[str]) -> Evidence:
    outputs = tuple(_one_turn(each) if each.name in apart else each for each in evidence.outputs)
    return replace(evidence, outputs=outputs, absent={**evidence.absent, "Curve": ONE_TURN})


def _one_turn(output: Output) -> Output:
    """What is known of one turn: its own curve shows no progress, as the other turns pull elsewhere."""
    labels, curve = output.labels, output.curve
    finite = curve is not None and all(map(math.isfinite, curve.loss))
    return replace(
        output,
        labels=replace(labels, others_elsewhere=True) if labels is not None else None,
        curve=None if finite else curve,
    )


def _taught(evidence: Evidence) -> dict[str, frozenset[float]]:
    """The values that each output was taught, by its name."""
    return {output.name: _values(output.labels) for output in evidence.outputs if output.labels}


def _values(labels: Labels | None) -> frozenset[float]:
    if labels is None or not labels.count:
        return frozenset()
    levels = frozenset(value for value, rows in labels.levels if rows)
    return levels or frozenset((labels.minimum, labels.maximum))
