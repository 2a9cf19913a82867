"""The answers of the model as a histogram by label, with the threshold."""

from __future__ import annotations

import math
from itertools import pairwise

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import AnswerSpread
from unstuck.report.html.drawing import ACCENT, INK, MUTED, drawable, panel, scale
from unstuck.report.html.picture import DASHES, Key, Picture, picture
from unstuck.report.text import count, number

#: Groups that are told apart by their colours.
_GROUPS = 2

#: A bar that holds this share of the rows is the whole story.
_ONE_BAR = 0.995


@picture(
    rank=10,
    fits=(
        "softmax-over-one-unit",
        "accuracy-on-continuous-target",
        "class-imbalance",
        "threshold-off-scale",
        "probabilities-taken-as-logits",
        "logits-taken-as-probabilities",
        "relu-output",
        "output-range-excludes-targets",
        "saturated-divergence",
        "target-not-scaled",
        "regression-loss-for-classes",
        "noise-after-output",
        "accuracy-on-signed-labels",
        "labels-outside-unit-interval",
        "class-labels-scaled",
        "constant-labels",
        "exact-equality-accuracy",
        "metric-does-not-match-task",
        "sigmoid-with-categorical-crossentropy",
        "categorical-crossentropy-on-one-unit",
        "argmax-over-one-column",
        "nothing-to-learn",
        "over-regularised",
        "model-too-small",
    ),
)
def answers(run: RunRecord, output: str) -> Picture | None:
    """How the answers are spread, by label where there are two."""
    shown = (
        next((each for each in run.pictures.answers if each.output == output), None) if run.pictures else None
    )
    edges = [drawable(edge) for edge in shown.edges] if shown else []
    if shown is None or not 0 < len(shown.counts) <= _GROUPS or not all(map(math.isfinite, edges)):
        return None
    if len(shown.groups) != len(shown.counts) or any(len(each) != len(edges) - 1 for each in shown.counts):
        return None
    figure, axes = panel()
    below = [0] * (len(edges) - 1)
    widths = [right - left for left, right in pairwise(edges)]
    looks = _looks(shown)
    for key, values in zip(looks, shown.counts, strict=True):
        colour = ACCENT if key.colour == "accent" else MUTED
        if shown.axis == "value" and key.colour == "muted":
            axes.stairs(values, edges, color=INK, linewidth=1.2)
            continue
        axes.bar(edges[:-1], values, widths, below, align="edge", color=colour, alpha=key.opacity)
        if shown.axis != "value":
            below = [low + value for low, value in zip(below, values, strict=True)]
    keys = list(looks)
    if shown.threshold is not None and edges[0] <= shown.threshold <= edges[-1]:
        axes.axvline(shown.threshold, color=INK, linewidth=1.2, linestyle=DASHES["dash"])
        keys.append(Key(label=f"threshold {number(shown.threshold)}", mark="dash"))
    axes.set_title("rows" if shown.axis != "value" else "entries")
    axes.set_xlabel(shown.axis)
    scale(axes, [])
    scale(axes, [], "x")
    return Picture(
        title="Distribution of the answers", says=_says(shown, edges), figure=figure, keys=tuple(keys)
    )


def _looks(shown: AnswerSpread) -> list[Key]:
    """How each group is drawn."""
    if shown.axis == "value":
        looks = {"answers": Key(label="answers", mark="area", colour="accent", opacity=0.75)}
        return [looks.get(each, Key(label=each, colour="muted")) for each in shown.groups]
    colours = [("muted", 0.55), ("accent", 0.9)] if len(shown.groups) == 2 else [("accent", 0.9)]
    looks_of = colours * len(shown.groups)
    return [
        Key(label=group, mark="area", colour=colour, opacity=opacity)
        for group, (colour, opacity) in zip(shown.groups, looks_of, strict=False)
    ]


def _says(shown: AnswerSpread, edges: list[float]) -> str:
    """The spread in words."""
    told = []
    for group, values in zip(shown.groups, shown.counts, strict=True):
        total, most = sum(values), max(values)
        at = values.index(most)
        left, right = number(edges[at]), number(edges[at + 1])
        if total and most >= _ONE_BAR * total:
            told.append(f"{group}: {most:,} of {total:,} in one bar, from {left} to {right}")
        else:
            held = [place for place, value in enumerate(values) if value]
            low, high = (edges[held[0]], edges[held[-1] + 1]) if held else (0.0, 0.0)
            told.append(f"{group}: {total:,}, spread from {number(low)} to {number(high)}")
    above = ""
    if shown.threshold is not None and shown.axis != "value":
        above = f" Above the threshold of {number(shown.threshold)} the answer counts as yes."
    elif shown.threshold is not None:
        above = f" The accuracy rounds answers at {number(shown.threshold)}."
    decided = [row for row in shown.decided if row[1]]
    only = ""
    if len(decided) == 1 and len(shown.decided) > 1:
        only = f" Every row is decided as class {decided[0][0]}."
    return f"{count(shown.rows, 'sample row')}; {'; '.join(told)}.{above}{only}"
