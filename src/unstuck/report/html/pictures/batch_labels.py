"""How mixed the labels are within a batch."""

from __future__ import annotations

import math

from unstuck.case.schema import RunRecord
from unstuck.report.html.drawing import ACCENT, MUTED, drawable, panel, scale
from unstuck.report.html.picture import Picture, picture
from unstuck.report.text import number


@picture(rank=8, fits=("one-class-batches",))
def batch_labels(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """The entropy of the labels within a batch beside that of random batches and of all rows."""
    shown = run.pictures.batches if run.pictures else None
    values = [drawable(value) for value in (shown.within, shown.random, shown.all_rows)] if shown else []
    if shown is None or not all(map(math.isfinite, values)) or shown.all_rows <= 0:
        return None
    figure, axes = panel(height=1.9)
    axes.barh([0, 1, 2], values, 0.6, color=[ACCENT, MUTED, MUTED], alpha=0.85)
    axes.set_yticks([0, 1, 2], ["your batches", "random batches", "all rows"])
    axes.set(ylim=(2.5, -0.5), xlim=(0, 1.05 * max(values)))
    axes.grid(visible=False)
    scale(axes, [], "x")
    axes.set_xlabel("entropy of the labels, in nats (0: one class only)")
    how = "seen passing" if shown.how == "seen" else "in the order of the rows"
    seen = "1 batch" if shown.seen == 1 else f"{shown.seen:,} batches"
    return Picture(
        title="How mixed a batch is",
        says=f"{seen} of {shown.size:,.0f} rows, {how}: the labels within a batch have an entropy of "
        f"{number(shown.within)} nats, those of random batches {number(shown.random)}, all rows together "
        f"{number(shown.all_rows)}.",
        figure=figure,
    )
