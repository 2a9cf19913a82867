"""Padding along the time axis, and the gradient that it leaves."""

from __future__ import annotations

import math

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import MOST_BINS, TimeAxis
from unstuck.report.html.drawing import ACCENT, LINE, MUTED, drawable, logarithmic, panel, scale
from unstuck.report.html.picture import Key, Picture, picture
from unstuck.report.text import number

#: More stretches than this never come from a run of ours.
_BINS = 4 * MOST_BINS


@picture(rank=5, fits=("unmasked-padding", "vanishing-gradient"))
def time_axis(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """The share of rows that is padding at each step, and the gradient that reaches it."""
    shown = run.pictures.time if run.pictures else None
    gradient = [value for value in map(drawable, shown.gradient) if math.isfinite(value)] if shown else []
    alive = [value for value in gradient if value > 0]
    if shown is None or not (shown.padded or gradient) or len(shown.padded) + len(shown.gradient) > _BINS:
        return None
    figure, axes = panel(height=3.1 if shown.padded and gradient else 2.55)
    from matplotlib.gridspec import GridSpec

    figure.clear()
    grid = GridSpec(2 if shown.padded and gradient else 1, 1, figure=figure)
    end = shown.steps or len(shown.padded) or len(shown.gradient)
    at, keys = 0, []
    if shown.padded:
        axes, at = figure.add_subplot(grid[at]), at + 1
        edges = [end * place / len(shown.padded) for place in range(len(shown.padded) + 1)]
        axes.stairs(shown.padded, edges, fill=True, color=MUTED, alpha=0.5)
        axes.set(ylim=(0, 1), xlim=(0, end), title="share of the rows that is padding")
        axes.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
        if gradient:
            axes.tick_params(labelbottom=False)
        keys.append(Key(label="padding", mark="area", colour="muted", opacity=0.5))
    if gradient:
        axes = figure.add_subplot(grid[at])
        edges = [end * place / len(shown.gradient) for place in range(len(shown.gradient) + 1)]
        heights = [value if value > 0 else math.nan for value in map(drawable, shown.gradient)]
        axes.stairs(heights, edges, baseline=None, color=ACCENT, linewidth=1.7)
        axes.set(xlim=(0, end), title="gradient that reaches the step")
        logarithmic(axes) if alive and max(alive) > 10 * min(alive) else scale(axes, alive)
        if not alive:
            axes.set_ylim(0, 1)
            axes.axhline(0, color=ACCENT, linewidth=2.4)
            axes.set_yticks([0], ["0"])
        keys.append(Key(label="gradient" if alive else "gradient, exactly 0", colour="accent"))
    axes.set_xlabel("time step" if shown.steps else "time step (in equal stretches)")
    axes.spines["bottom"].set_color(LINE)
    return Picture(
        title="Padding and gradient along the time axis",
        says=_says(shown, alive),
        figure=figure,
        keys=tuple(keys),
    )


def _says(shown: TimeAxis, alive: list[float]) -> str:
    told = []
    if shown.padded:
        share = sum(shown.padded) / len(shown.padded)
        told.append(
            f"Of {shown.steps:,} steps {share:.0%} are padding (the value {number(shown.value)}): "
            f"{shown.padded[0]:.0%} of the rows at the first steps, {shown.padded[-1]:.0%} at the last."
        )
    if alive:
        first, last = shown.gradient[0], shown.gradient[-1]
        told.append(f"The gradient is {number(first)} at the first steps and {number(last)} at the last.")
    elif shown.gradient:
        told.append("No gradient reaches any step: it is exactly 0.")
    return " ".join(told)
