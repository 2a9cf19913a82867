"""How far the right class is ahead, before and after the training."""

from __future__ import annotations

import math

from unstuck.case.schema import RunRecord
from unstuck.report.html.drawing import ACCENT, MUTED, drawable, panel, scale
from unstuck.report.html.picture import DASHES, Key, Picture, picture
from unstuck.report.text import number


@picture(
    rank=16,
    fits=(
        "decisions-do-not-change",
        "learning-rate-too-low",
        "too-few-updates",
        "batch-size-too-large",
        "nothing-to-learn",
    ),
)
def margins(run: RunRecord, output: str) -> Picture | None:
    """The mean margin of the right class over its best rival, at the first and at the last weights."""
    found = run.pictures.answers if run.pictures else []
    shown = next((each for each in found if each.output == output), None)
    start, end = (drawable(shown.margin_start), drawable(shown.margin_end)) if shown else (math.nan, math.nan)
    if shown is None or not math.isfinite(start + end):
        return None
    figure, axes = panel(height=2.1)
    axes.axhline(0, color=MUTED, linewidth=1.2, linestyle=DASHES["dot"])
    axes.plot([0, 1], [start, end], color=ACCENT, marker="o", markersize=5)
    axes.set(xlim=(-0.4, 1.4), ylim=(min(-0.05, 1.2 * start, 1.2 * end), max(0.25, 1.2 * start, 1.2 * end)))
    axes.set_xticks([0, 1], ["before training", "after training"])
    axes.set_title("mean margin of the right class")
    axes.set_xlabel("weights")
    scale(axes, [])
    changed = (
        f" The decision changed for {shown.changed:.1%} of the rows." if shown.changed is not None else ""
    )
    return Picture(
        title="Margin before and after training",
        says="The probability of the right class is ahead of its best rival by "
        f"{number(start)} on average before training and {number(end)} after it (1: sure and right, "
        f"below 0: wrong).{changed}",
        figure=figure,
        keys=(
            Key(label="margin", colour="accent"),
            Key(label="0: undecided", mark="dot", colour="muted"),
        ),
    )
