"""What the fits of one model were taught, one after the other.

A discriminator that is fitted to ones and then to zeros has one label in each fit and both in its training.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from unstuck.evidence.facts import Evidence, Labels, Output

#: Fits with one label that are remembered; a loop of thousands of them tells nothing more.
REMEMBERED = 100

#: Why the course of such a fit is not judged.
ONE_TURN = "this fit is one turn of a training whose other fits teach the model another label"


@dataclass(frozen=True)
class _Fit:
    model: weakref.ref[Any]
    run: int
    taught: Mapping[str, frozenset[float]]
    evidence: Evidence | None


class Turns:
    """The fits of a script, and which of those with one label were taught others elsewhere."""

    def __init__(self) -> None:
        self._fits: list[_Fit] = []

    def ended(self, model: Any, run: int, evidence: Evidence) -> dict[int, Evidence]:
        """Remember a fit that has ended.

        Returns: by the number of their run, fits with one label of which it is known only now that the same
        model was taught other values as well, with the evidence as it is then. Each comes once.
        """
        taught = {output.name: _values(output.labels) for output in evidence.outputs if output.labels}
        single = any(len(values) == 1 for values in taught.values())
        if single and sum(fit.evidence is not None for fit in self._fits) < REMEMBERED:
            self._fits.append(_Fit(weakref.ref(model), run, taught, evidence))
        else:
            self._fits.append(_Fit(weakref.ref(model), run, taught, None))
        together = [fit for fit in self._fits if fit.model() is model]
        others = {
            name: frozenset().union(*(fit.taught.get(name, frozenset()) for fit in together))
            for name in taught
        }
        return dict(filter(None, (self._known_now(fit, others) for fit in together)))

    def _known_now(self, fit: _Fit, others: Mapping[str, frozenset[float]]) -> tuple[int, Evidence] | None:
        if fit.evidence is None:
            return None
        apart = {
            name
            for name, values in fit.taught.items()
            if len(values) == 1 and others.get(name, values) != values
        }
        if not apart:
            return None
        self._fits[self._fits.index(fit)] = replace(fit, evidence=None)
        outputs = tuple(
            _one_turn(output) if output.name in apart else output for output in fit.evidence.outputs
        )
        absent = {**fit.evidence.absent, "Curve": ONE_TURN}
        return fit.run, replace(fit.evidence, outputs=outputs, absent=absent)


def _one_turn(output: Output) -> Output:
    """What is known of one turn: its own curve shows no progress, as the other turns pull elsewhere."""
    labels, curve = output.labels, output.curve
    finite = curve is not None and all(map(math.isfinite, curve.loss))
    return replace(
        output,
        labels=replace(labels, others_elsewhere=True) if labels is not None else None,
        curve=None if finite else curve,
    )


def _values(labels: Labels | None) -> frozenset[float]:
    if labels is None or not labels.count:
        return frozenset()
    levels = frozenset(value for value, rows in labels.levels if rows)
    return levels or frozenset((labels.minimum, labels.maximum))
