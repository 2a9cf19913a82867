"""What the fits of one model were taught, one after the other.

A discriminator that is fitted to ones and then to zeros has one label in each fit and both in its training.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from unstuck.evidence.facts import Evidence, Labels, Output

#: Fits with one label that are remembered; a loop of thousands of them tells nothing more.
REMEMBERED = 100

#: Why the course of such a fit is not judged.
ONE_TURN = "this fit is one turn of a training whose other fits teach the model another label"


@dataclass
class _Model:
    """What all fits of one model taught, and those of one label for which others may yet come, by run."""

    held: weakref.ref[Any]
    taught: dict[str, frozenset[float]] = field(default_factory=dict)
    waiting: dict[int, Evidence] = field(default_factory=dict)


class Turns:
    """The fits of a script, and which of those with one label were taught others elsewhere."""

    def __init__(self) -> None:
        self._models: dict[int, _Model] = {}
        self._remembered = 0

    def ended(self, model: Any, run: int, evidence: Evidence) -> dict[int, Evidence]:
        """Remember a fit that has ended.

        Returns: by the number of their run, fits with one label of which it is known only now that the same
        model was taught other values as well, with the evidence as it is then. Each comes once.
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
        return turns


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
