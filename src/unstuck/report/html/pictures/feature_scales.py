"""The columns of the input, each by its mean and spread."""

from __future__ import annotations

import math

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import MOST_ROWS, Scales
from unstuck.report.html.drawing import ACCENT, MUTED, drawable, panel, scale
from unstuck.report.html.picture import Key, Picture, picture
from unstuck.report.text import number


@picture(
    rank=15,
    fits=("inputs-not-scaled", "constant-inputs", "non-finite-inputs", "saturated-activations", "dead-relu"),
)
def feature_scales(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """Mean and standard deviation by column: training is easy where they are alike and near 1."""
    found = (
        [each for each in run.pictures.scales if 0 < len(each.columns) <= MOST_ROWS] if run.pictures else []
    )
    shown = max(found, key=_spread, default=None)
    if shown is None:
        return None
    figure, axes = panel()
    at = range(len(shown.columns))
    spreads = [drawable(value) or math.nan for value in shown.deviations]
    means = [abs(drawable(value)) or math.nan for value in shown.means]
    known = [value for value in (*spreads, *means) if math.isfinite(value)]
    axes.plot(at, means, linestyle="", marker="_", markersize=6, markeredgewidth=1.6, color=MUTED)
    axes.plot(at, spreads, linestyle="", marker="o", markersize=3.6, color=ACCENT)
    scale(axes, known)
    _ticks(axes, shown)
    axes.set_title("size of a column's values" + (" (powers of ten)" if axes.get_yscale() == "log" else ""))
    table = tuple(
        (str(column), number(mean), number(deviation))
        for column, mean, deviation in zip(shown.columns, shown.means, shown.deviations, strict=True)
    )
    return Picture(
        title="Scales of the input columns",
        says=_says(shown),
        figure=figure,
        keys=(
            Key(label="standard deviation", mark="point", colour="accent"),
            Key(label="distance of the mean from zero", mark="tick", colour="muted"),
        ),
        head=("column", "mean", "standard deviation"),
        rows=table,
    )


def _spread(shown: Scales) -> float:
    """How far apart its columns lie: the widest of several inputs is shown."""
    known = [value for value in map(drawable, shown.deviations) if value > 0]
    return max(known) / min(known) if known else 0.0


def _ticks(axes: object, shown: Scales) -> None:
    every = max(1, -(-len(shown.columns) // 8))
    places = range(0, len(shown.columns), every)
    axes.set_xticks(places, [f"{shown.columns[at]:,}" for at in places])  # type: ignore[attr-defined]
    axes.set_xlabel("column, from 0")  # type: ignore[attr-defined]


def _says(shown: Scales) -> str:
    known = [value for value in map(drawable, shown.deviations) if value > 0]
    still = sum(1 for value in shown.deviations if value == 0)
    part = (
        f"{len(shown.columns)} of {shown.total:,} columns"
        if shown.total > len(shown.columns)
        else f"{shown.total:,} columns"
    )
    name = f' of input "{shown.input}"' if shown.input else ""
    if not known:
        return f"{part}{name}: none of them varies."
    told = f"{part}{name}: standard deviations from {number(min(known))} to {number(max(known))}"
    means = [abs(value) for value in map(drawable, shown.means) if math.isfinite(value)]
    told += f", means up to {number(max(means))} away from zero." if means else "."
    return told + (f" Never varying: {still}." if still else "")
