"""The labels along the order of the rows, training above validation."""

from __future__ import annotations

from typing import Any

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import LabelOrder
from unstuck.report.html.drawing import ACCENT, MUTED, drawable, panel, short
from unstuck.report.html.picture import Key, Picture, picture
from unstuck.report.text import number

#: Strength of the colour by class: neighbours, which meet where a file is sorted, differ by a quarter.
_STRENGTHS = (0.95, 0.3, 0.62, 0.15, 0.78, 0.45, 0.9, 0.22, 0.7, 0.38, 0.08)

#: Of more classes the caption tells how mixed a stretch is, not each of them.
_TOLD = 3

#: Colour and strength of two classes.
_TWO = (("muted", 0.5), ("accent", 0.9))
_COLOURS = {"muted": MUTED, "accent": ACCENT}


@picture(
    rank=20,
    fits=(
        "one-sided-validation-split",
        "one-class-batches",
        "constant-labels",
        "nothing-to-learn",
        "target-not-scaled",
        "labels-outside-unit-interval",
    ),
)
def label_order(run: RunRecord, output: str) -> Picture | None:
    """Shares of the labels from the first row to the last; a sorted file is seen at a glance."""
    found = [each for each in run.pictures.labels if each.output == output] if run.pictures else []
    parts = [each for each in found if 0 < len(each.shares) <= len(_STRENGTHS) or each.mean][:2]
    if not parts or len({bool(each.shares) for each in parts}) > 1:
        return None
    lengths = [max(0.16 * sum(each.rows for each in parts), each.rows) for each in parts]
    figure, axes = panel(ratios=lengths)
    keys: list[Key] = []
    for at, (axis, part) in enumerate(zip([axes] if len(parts) == 1 else axes, parts, strict=True)):
        keys = (_shares if part.shares else _numbers)(axis, part) or keys
        axis.set_title("share of the rows" if part.shares and not at else "" if at else "target")
        axis.set_xlabel(_named(part, len(parts) > 1))
        axis.set_xticks([])
        axis.margins(x=0)
        if at:
            axis.set_yticklabels([])
    if len(parts) > 1 and not parts[0].shares:
        low = min(axis.get_ylim()[0] for axis in axes)
        high = max(axis.get_ylim()[1] for axis in axes)
        for axis in axes:
            axis.set_ylim(low, high)
    return Picture(
        title="Labels in the order of the rows", says=_says(parts), figure=figure, keys=tuple(keys)
    )


def _named(part: LabelOrder, both: bool) -> str:
    words = f"{part.part} rows" if part.part == "training" or not both else "validation"
    return f"{words}, first to last" if part.part == "training" else words


def _shares(axis: Any, part: LabelOrder) -> list[Key]:
    """One stacked band a class."""
    keys, size = [], len(part.shares[0])
    below = [0.0] * size
    two = len(part.shares) == 2
    for at, (name, shares) in enumerate(zip(part.classes, part.shares, strict=False)):
        # Of two classes the first is grey, as in the histogram of the answers.
        colour, strength = _TWO[at] if two else ("accent", _STRENGTHS[at % len(_STRENGTHS)])
        above = [low + share for low, share in zip(below, shares, strict=False)]
        axis.stairs(above, range(size + 1), baseline=below, fill=True, color=_COLOURS[colour], alpha=strength)
        keys.append(Key(label=_label(name), mark="area", colour=colour, opacity=strength))
        below = above
    axis.set_ylim(0, 1)
    axis.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
    axis.grid(visible=False)
    return keys


def _numbers(axis: Any, part: LabelOrder) -> list[Key]:
    """The mean of each stretch, within its lowest and highest value."""
    at = range(1, len(part.mean) + 1)
    low, mean, high = (list(map(drawable, each)) for each in (part.low, part.mean, part.high))
    axis.fill_between(at, low, high, color=MUTED, alpha=0.3)
    axis.plot(at, mean, color=ACCENT)
    return [
        Key(label="mean", colour="accent"),
        Key(label="lowest to highest", mark="area", colour="muted", opacity=0.3),
    ]


def _says(parts: list[LabelOrder]) -> str:
    return " ".join(_told(part) for part in parts)


def _told(part: LabelOrder) -> str:
    opening = (
        f"{part.rows:,} {part.part} rows, in {len(part.shares[0] if part.shares else part.mean)} stretches"
    )
    if not part.shares:
        means = [value for value in part.mean if value is not None]
        ends = f"from {number(min(means))} to {number(max(means))}" if means else "not known"
        return f"{opening}: the mean target of a stretch goes {ends}."
    if len(part.shares) > _TOLD:
        most = [max(column) for column in zip(*part.shares, strict=True)]
        overall = {
            name: sum(shares) / len(shares) for name, shares in zip(part.classes, part.shares, strict=False)
        }
        top = max(overall, key=overall.__getitem__)
        return (
            f"{opening}: the most frequent label of a stretch makes up {sum(most) / len(most):.0%} of it on "
            f"average, that of all rows ({_label(top)}) {overall[top]:.0%}."
        )
    ranges = []
    for name, shares in zip(part.classes, part.shares, strict=False):
        low, high = f"{min(shares):.0%}", f"{max(shares):.0%}"
        if low != high:
            ranges.append(f"{_label(name)} is {low} to {high} of a stretch")
        elif max(shares) > 0:
            ranges.append(f"{_label(name)} is {high} of each")
    return f"{opening}: {', '.join(ranges)}."


def _label(name: str) -> str:
    return name if name == "others" else f"label {short(name, 40)}"
