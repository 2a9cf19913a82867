"""Heat maps over layers and training steps: the size of the gradient, and of the update."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import MOST_ROWS, LayerSteps
from unstuck.report.html.drawing import ACCENT, LINE, cells, drawable, panel, short
from unstuck.report.html.picture import Key, Picture, picture
from unstuck.report.text import count, number

if TYPE_CHECKING:
    from matplotlib.patches import Patch

#: Layers that can carry a name each at this height.
_LAYERS = 24

_Table = list[list[float | None]]


@picture(
    rank=12,
    fits=(
        "vanishing-gradient",
        "exploding-gradient",
        "frozen-layers",
        "dead-relu",
        "saturated-activations",
        "nan-loss",
        "unmasked-padding",
        "gradient-check-fails",
    ),
)
def gradient_map(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """The norm of the gradient by layer over time."""
    shown = run.pictures.layers if run.pictures else None
    return _heat(
        shown, shown.gradients if shown else [], "Gradient by layer over time", "norm of the gradient"
    )


@picture(
    rank=14,
    fits=(
        "learning-rate-too-low",
        "learning-rate-too-high",
        "decisions-do-not-change",
        "too-few-updates",
        "frozen-layers",
        "exploding-gradient",
        "saturated-divergence",
    ),
)
def update_map(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """The update over the weights by layer over time."""
    shown = run.pictures.layers if run.pictures else None
    return _heat(shown, shown.ratios if shown else [], "Update by layer over time", "update over weights")


def _heat(shown: LayerSteps | None, table: _Table, title: str, what: str) -> Picture | None:
    """One cell a layer and step, the stronger the larger, in powers of ten."""
    if shown is None or not shown.steps or len(table) != len(shown.layers):
        return None
    chosen, moments = _chosen(len(table), _LAYERS), _chosen(len(shown.steps), MOST_ROWS)
    names = [shown.layers[at] for at in chosen]
    lines = [[_known(table[at], place) for place in moments] for at in chosen]
    known = [value for line in lines for value in line if value is not None]
    if not known:
        return None
    positive = [math.log10(value) for value in known if value > 0]
    low, high = (min(positive), max(positive)) if positive else (0.0, 0.0)
    figure, axes = panel(height=1.15 + 0.19 * max(3, len(names)))
    axes.add_collection(
        cells(
            _cell(place, at, value, low, high)
            for at, line in enumerate(lines)
            for place, value in enumerate(line)
        )
    )
    places = range(0, len(moments), max(1, -(-len(moments) // 8)))
    axes.set(xlim=(-0.5, len(moments) - 0.5), ylim=(len(names) - 0.5, -0.5))
    axes.set_xticks(places, [f"{shown.steps[moments[at]]:,}" for at in places])
    axes.set_yticks(range(len(names)), [short(name) for name in names])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_title("layer, from the input down")
    axes.set_xlabel("training step")
    return Picture(
        title=title,
        says=_says(shown, lines, names, what),
        figure=figure,
        keys=_keys(positive, what, any(value == 0 for value in known), _gaps(lines)),
        head=("layer", f"{what}, first step", "last step"),
        rows=tuple((name, *_ends(line)) for name, line in zip(names, lines, strict=True)),
    )


def _chosen(many: int, most: int) -> list[int]:
    """The places that are drawn, evenly spread, the first and the last among them."""
    return (
        sorted({round(at * (many - 1) / (most - 1)) for at in range(most)})
        if many > most
        else list(range(many))
    )


def _known(line: list[float | None], place: int) -> float | None:
    value = drawable(line[place]) if place < len(line) else math.nan
    return value if math.isfinite(value) else None


def _cell(place: int, at: int, value: float | None, low: float, high: float) -> Patch:
    from matplotlib.patches import Rectangle

    corner, size = (place - 0.48, at - 0.45), (0.96, 0.9)
    if value is None:
        return Rectangle(corner, *size, facecolor="none", edgecolor=LINE, linewidth=0.7)
    if value <= 0:
        return Rectangle(corner, *size, facecolor=LINE, alpha=0.45)
    height = (math.log10(value) - low) / (high - low) if high > low else 1.0
    return Rectangle(corner, *size, facecolor=ACCENT, alpha=round(0.08 + 0.92 * height, 2))


def _keys(positive: list[float], what: str, zeros: bool, gaps: bool) -> tuple[Key, ...]:
    """The weakest and the strongest cell, and what has none."""
    keys = []
    if positive:
        low, high = min(positive), max(positive)
        if high > low:
            keys.append(Key(label=f"{what} {10**low:.2g}", mark="area", colour="accent", opacity=0.08))
        keys.append(Key(label=f"{what} {10**high:.2g}", mark="area", colour="accent"))
    if zeros:
        keys.append(Key(label="exactly 0", mark="area", colour="line"))
    if gaps:
        keys.append(Key(label="not known", mark="box", colour="line"))
    return tuple(keys)


def _gaps(lines: _Table) -> bool:
    return any(value is None for line in lines for value in line)


def _ends(line: list[float | None]) -> tuple[str, str]:
    known = [value for value in line if value is not None]
    return (number(known[0]), number(known[-1])) if known else ("not known", "not known")


def _says(shown: LayerSteps, lines: _Table, names: list[str], what: str) -> str:
    means = {
        name: sum(logs) / len(logs)
        for name, line in zip(names, lines, strict=True)
        if (logs := [math.log10(value) for value in line if value is not None and value > 0])
    }
    total = len(shown.layers) + shown.left_out
    part = f"{len(names)} of {total} layers" if total > len(names) else count(total, "layer")
    steps = (
        f"from {shown.steps[0]:,} to {shown.steps[-1]:,}"
        if len(shown.steps) > 1
        else f"number {shown.steps[0]:,}"
    )
    opening = f"{part}, {count(len(shown.steps), 'step')} {steps}."
    still = sum(1 for line in lines if all(value == 0 for value in line))
    if still:
        opening += f" The {what} is exactly 0 in {still} of them."
    if not means or still == len(lines):
        return opening
    if len(means) == 1:
        name, mean = next(iter(means.items()))
        return f"{opening} In {short(name, 40)} the {what} is {10**mean:.2g} on average."
    weakest, strongest = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    low, high = (f"{short(name, 40)}, {10 ** means[name]:.2g}" for name in (weakest, strongest))
    return f"{opening} On average over the steps the {what} is smallest in {low}, and largest in {high}."
