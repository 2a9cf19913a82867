"""The experiment validation-pipeline."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.facts import Predictions
from unstuck.evidence.inputs import named_leaves
from unstuck.evidence.model import first_layers
from unstuck.evidence.probe import Clock
from unstuck.evidence.sample import leaves
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same import (
    ModelRows,
    Subject,
    figure,
    measure,
    score,
    titled,
    unaskable_where_it_raises,
)
from unstuck.rules.bounds import share_noise
from unstuck.watch.rows import map_leaves

_CAUSE = "overfitting"

#: Inputs are scaled otherwise when one side spreads twice as much as the other: two halves of one
#: data set of 16 rows or more differ by less (1/sqrt(2n) = 18% for one standard error) ...
SPREAD = 2.0

#: ... or when their means are a whole deviation apart.
SHIFT = 1.0

#: A mapped score meets that of the training rows when it closes four fifths of the gap.
CLOSED = 0.8

#: Entries that the statistics are taken over.
_LEAST = 1e-12

RowChange = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class _Scaling:
    """One input on both sides: mean, deviation and range of all entries."""

    name: str
    mean: tuple[float, float]
    std: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]

    @property
    def differs(self) -> bool:
        """Whether the two sides were scaled otherwise."""
        small, large = sorted(max(each, _LEAST) for each in self.std)
        return large / small > SPREAD or abs(self.mean[0] - self.mean[1]) > SHIFT * large


@experiment("validation-pipeline", decides=(_CAUSE,), trains=False)
def validation_pipeline(recipe: Any, clock: Clock) -> Answer:
    """The validation rows through the scaling of the training rows.

    Asks: do the validation rows come in another scaling than those the model was trained on?
    How: mean, deviation and range of the inputs are compared on both sides. The validation rows are
    then moved and stretched, as a whole and column by column, to the mean and deviation of the
    training rows, and answered again; the training rows likewise to those of the validation rows.
    Means: a validation score that comes up to the training score once the scaling is the same shows
    a step of the preparation that one side misses, and no overfitting. Where the scalings agree,
    the gap has another cause.
    """
    with unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=6)
        if subject.held is None or subject.held.y is None:
            raise UnaskableError("fit was given no validation rows")
        _check_numbers(subject)
        taught, held = subject.records(subject.taught, subject.ran), subject.records(subject.held)
        scalings = _scalings(subject.taught, subject.held)
        mapped = {
            way: subject.records(_mapped(subject.held, subject.taught, columns))
            for way, columns in (("as a whole", False), ("by column", True))
        }
        back = subject.records(_mapped(subject.taught, subject.held, True))
    differs = any(each.differs for each in scalings)
    says, shows, closed, remains = [_scaled(scalings)], dict[str, Any](), [], []
    for name, record in taught.items():
        found = {way: each[name] for way, each in mapped.items()}
        says.append(titled(name, _says(record, held[name], found, back[name], differs)))
        shows[name or "output"] = {
            "measure": measure(record),
            "training": score(record),
            "validation": score(held[name]),
            "validation_mapped": {way: score(each) for way, each in found.items()},
            "training_mapped": score(back[name]),
            "rows": record.rows,
            "validation_rows": held[name].rows,
        }
        closed.append(_closed(record, held[name], list(found.values())))
        remains.append(_gap(record, held[name]) > 0)
    return Answer(
        says=" ".join(says),
        shows={
            **(next(iter(shows.values())) if len(shows) == 1 else shows),
            "scalings": [dict(vars(each)) for each in scalings],
            "scaled_alike": not differs,
        },
        supports=(_CAUSE,) if any(remains) and not differs else (),
        refutes=(_CAUSE,) if differs and any(closed) and not _left(closed, remains) else (),
    )


def _left(closed: list[bool], remains: list[bool]) -> bool:
    """Whether an output keeps a gap that the mapping does not close."""
    return any(gap and not mended for mended, gap in zip(closed, remains, strict=True))


def _check_numbers(subject: Subject) -> None:
    """Raises UnaskableError where no input has a scale."""
    arrays = leaves(subject.taught.x)
    if any(leaf.dtype.kind not in "biuf" for leaf in arrays):
        raise UnaskableError("the inputs are text, no numbers")
    readers = [kind for _, kind, _ in first_layers(subject.model)]
    if readers and all(kind == "Embedding" for kind in readers):
        raise UnaskableError("the inputs are ids for an embedding, which have no scale")


def _scalings(taught: ModelRows, held: ModelRows) -> list[_Scaling]:
    """Each input on both sides."""
    found = []
    for (name, one), (_, other) in zip(named_leaves(taught.x), named_leaves(held.x), strict=True):
        sides = [_known(each) for each in (one, other)]
        found.append(
            _Scaling(
                name=name,
                mean=(float(sides[0].mean()), float(sides[1].mean())),
                std=(float(sides[0].std()), float(sides[1].std())),
                low=(float(sides[0].min()), float(sides[1].min())),
                high=(float(sides[0].max()), float(sides[1].max())),
            )
        )
    return found


def _known(array: np.ndarray) -> np.ndarray:
    """The finite entries in double precision; a zero where there are none."""
    values = array.astype(np.float64).reshape(-1)
    values = values[np.isfinite(values)]
    return values if values.size else np.zeros(1)


def _mapped(part: ModelRows, like: ModelRows, columns: bool) -> ModelRows:
    """The rows moved and stretched to the mean and deviation of others.

    By column (the last axis), or as a whole where `columns` is false. A column that does not vary
    on its own side is only moved.
    """
    others = iter(leaves(like.x))

    def each(leaf: np.ndarray) -> np.ndarray:
        other = next(others).astype(np.float64)
        values = leaf.astype(np.float64)
        axes = tuple(range(values.ndim - 1)) if columns and values.ndim > 1 else None
        mean, std = np.mean(values, axis=axes), np.std(values, axis=axes)
        target, wide = np.mean(other, axis=axes), np.std(other, axis=axes)
        varies = std > _LEAST * np.maximum(np.abs(mean), 1.0)
        stretch = np.where(varies, wide / np.where(varies, std, 1.0), 1.0)
        result: np.ndarray = ((values - mean) * stretch + target).astype("float32")
        return result

    return ModelRows(map_leaves(each, part.x), part.y)


def _gap(taught: Predictions, held: Predictions) -> float:
    """How far the validation score is under the training score beyond noise; 0.0 where it is not."""
    one, other = score(taught), score(held)
    if one is None or other is None:
        return 0.0
    noise = 0.1
    if taught.accuracy is not None:
        noise = math.hypot(share_noise(one, taught.rows), share_noise(other, held.rows))
    return max(0.0, one - other - noise)


def _closed(taught: Predictions, held: Predictions, mapped: list[Predictions]) -> bool:
    """Whether a gap beyond noise is closed by a mapping: by four fifths, or down to noise."""
    one, other = score(taught), score(held)
    if one is None or other is None or not _gap(taught, held):
        return False
    return any(
        (reached := score(each)) is not None
        and (reached - other >= CLOSED * (one - other) or not _gap(taught, each))
        for each in mapped
    )


def _scaled(scalings: list[_Scaling]) -> str:
    """The scaling of the first input that differs, or of the first."""
    each = next((scaling for scaling in scalings if scaling.differs), scalings[0])
    which = f'input "{each.name}"' if each.name and len(scalings) > 1 else "inputs"
    text = [
        f"mean {each.mean[i]:.4g}, deviation {each.std[i]:.4g}, {each.low[i]:.4g} to {each.high[i]:.4g}"
        for i in (0, 1)
    ]
    return f"The training rows' {which}: {text[0]}; the validation rows': {text[1]}."


def _says(
    taught: Predictions,
    held: Predictions,
    mapped: dict[str, Predictions],
    back: Predictions,
    differs: bool,
) -> str:
    """The scores and what they mean."""
    listed = " and ".join(f"{figure(score(each))} ({way})" for way, each in mapped.items())
    lead = (
        f"The {measure(taught)} is {figure(score(taught))} on {taught.rows:,} training rows and "
        f"{figure(score(held))} on {held.rows:,} validation rows; these, brought to the scaling of the "
        f"training rows, get {listed}, and the training rows in the scaling of the validation rows get "
        f"{figure(score(back))}."
    )
    if differs and _closed(taught, held, list(mapped.values())):
        return f"{lead} The scaling makes the gap: the model does well on rows it has not seen."
    if not differs and _gap(taught, held):
        return f"{lead} Both sides are scaled alike, so the scaling is not what makes the gap."
    if differs:
        return f"{lead} The scaling differs, but it is not all that makes the scores differ."
    return f"{lead} Both sides are scaled alike, and there is no gap beyond noise."
