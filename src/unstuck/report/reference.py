"""What a network was held against, in words."""

from __future__ import annotations

from collections.abc import Mapping

from unstuck.case.schema import ReferenceRecord
from unstuck.report.text import flat

#: More outputs than this are told by the one that learned least.
_OUTPUTS_TOLD = 2


def beside(references: Mapping[str, ReferenceRecord]) -> str:
    """The network's score beside simple models' and trivial answers', by output; "" without any."""
    told = references
    if len(references) > _OUTPUTS_TOLD:
        least = min(references, key=lambda name: _lead(references[name]))
        told = {least: references[least]}
    return "; ".join(
        (f'output "{flat(name)}" ' if name else "") + in_figures(reference)
        for name, reference in told.items()
    )


def in_figures(reference: ReferenceRecord) -> str:
    """One output: "accuracy 0.93 on 100 rows it has not seen; logistic regression 0.88, ..."."""
    network = f"{reference.measure} {_figure(reference.network)} {_rows(reference)}"
    if reference.network is None:
        network = f"no {reference.measure} of the network, as {flat(reference.why)}"
    others = [*list(reference.simple.items())[:1], *list(reference.trivial.items())[:1]]
    told = [f"{name} {_figure(value)}" for name, value in others]
    if reference.on == "training" and reference.simple:
        told[0] += " on rows kept from it"
    return f"{network}; {', '.join(told)}"


def _rows(reference: ReferenceRecord) -> str:
    if reference.on == "validation":
        return f"on {reference.judged:,} rows it has not seen"
    return f"on {reference.judged:,} rows it was trained on, as none were held out"


def _figure(value: float | None) -> str:
    """A score with three places; a minus before nothing but zeros is none."""
    return "unknown" if value is None else f"{round(value, 3) + 0.0:.3f}"


def _lead(reference: ReferenceRecord) -> float:
    """How far the network is above the best answer without training."""
    if reference.network is None:
        return float("-inf")
    return reference.network - max(reference.trivial.values(), default=0.0)
