"""Right classes against decided ones."""

from __future__ import annotations

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import MOST_CLASSES, Confusion
from unstuck.report.html.drawing import ACCENT, INK, cells, panel, short
from unstuck.report.html.picture import Picture, picture

#: Numbers in the cells stay readable up to so many classes.
_NUMBERED = 6


@picture(
    rank=30,
    fits=(
        "class-imbalance",
        "units-do-not-match-labels",
        "labels-not-zero-based",
        "missing-nonlinearity",
        "model-too-small",
        "over-regularised",
        "softmax-over-wrong-axis",
        "learning-rate-too-high",
        "regression-loss-for-classes",
        "batchnorm-inference-gap",
        "argmax-over-one-column",
        "threshold-off-scale",
        "decisions-do-not-change",
        "vanishing-gradient",
    ),
)
def confusion(run: RunRecord, output: str) -> Picture | None:
    """Which class is taken for which, as shares of the rows of each right class."""
    found = run.pictures.confusions if run.pictures else []
    shown = next((each for each in found if each.output == output), None)
    size = len(shown.classes) if shown else 0
    if shown is None or not 0 < size <= MOST_CLASSES or [len(line) for line in shown.counts] != [size] * size:
        return None
    figure, axes = panel(height=3.1)
    drawn = []
    for at, line in enumerate(shown.counts):
        for place, rows in enumerate(line):
            share = rows / sum(line) if sum(line) else 0.0
            drawn.append(_cell((place - 0.46, at - 0.46), 0.92, 0.92, share))
            if size <= _NUMBERED:
                axes.text(place, at, f"{rows:,}", ha="center", va="center", color=INK, fontsize=9)
    axes.add_collection(cells(drawn))
    _label(axes, shown)
    table = tuple(
        (name, *(f"{rows:,}" for rows in line))
        for name, line in zip(shown.classes, shown.counts, strict=True)
    )
    return Picture(
        title="Right and decided classes",
        says=_says(shown),
        figure=figure,
        head=("right class", *(f"decided {name}" for name in shown.classes)),
        rows=table,
    )


def _cell(corner: tuple[float, float], width: float, height: float, share: float) -> object:
    from matplotlib.patches import Rectangle

    # The strongest cell stays light enough for the number in it.
    return Rectangle(corner, width, height, facecolor=ACCENT, alpha=0.05 + 0.45 * share)


def _label(axes: object, shown: Confusion) -> None:
    places = range(len(shown.classes))
    names = [short(name, 8) for name in shown.classes]
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5), xticks=places, yticks=places)  # type: ignore[attr-defined]
    turned = 90 if max(map(len, names)) * len(names) > 48 else 0
    axes.set_xticklabels(names, rotation=turned)  # type: ignore[attr-defined]
    axes.set_yticklabels(names)  # type: ignore[attr-defined]
    axes.grid(visible=False)  # type: ignore[attr-defined]
    axes.spines["bottom"].set_visible(False)  # type: ignore[attr-defined]
    axes.set_title("rows")  # type: ignore[attr-defined]
    axes.set_xlabel("decided class")  # type: ignore[attr-defined]
    axes.set_ylabel("right class")  # type: ignore[attr-defined]


def _says(shown: Confusion) -> str:
    hits = sum(line[at] for at, line in enumerate(shown.counts))
    columns = [sum(line[at] for line in shown.counts) for at in range(len(shown.classes))]
    top = max(range(len(columns)), key=columns.__getitem__)
    lost = [name for name, column in zip(shown.classes, columns, strict=True) if not column]
    never = f" {len(lost)} of the {len(columns)} classes are never decided for." if lost else ""
    return (
        f"{hits:,} of {shown.rows:,} sample rows lie on the diagonal, where the decision is right. Class "
        f"{short(shown.classes[top], 40)} is decided for {columns[top]:,} of them.{never} "
        "The darker a cell, the larger its share of the right class."
    )
