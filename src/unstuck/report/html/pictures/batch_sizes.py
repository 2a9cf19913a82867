"""What each batch size makes of the loss in the same number of epochs, and of updates."""

from __future__ import annotations

import math
from typing import Any

from unstuck.case.schema import RunRecord
from unstuck.report.html.drawing import ACCENT, INK, MUTED, logarithmic, panel, scale
from unstuck.report.html.picture import DASHES, Key, Picture, picture
from unstuck.report.text import flat, number


@picture(rank=6, fits=("batch-size-too-large", "too-few-updates"), experiment="batch-size-sweep")
def batch_sizes(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """The loss by batch size."""
    answer = next((each for each in run.experiments if each.name == "batch-size-sweep"), None)
    shows: dict[str, Any] = answer.shows if answer else {}
    epochs, updates = _pairs(shows.get("equal_epochs")), _pairs(shows.get("equal_updates"))
    if answer is None or len(epochs) + len(updates) < 2:
        return None
    figure, axes = panel()
    keys = []
    for pairs, label, colour, mark in (
        (epochs, "after as many epochs", "ink", "line"),
        (updates, "after as many updates", "muted", "dash"),
    ):
        if pairs:
            shade = INK if colour == "ink" else MUTED
            axes.plot(
                *zip(*pairs, strict=True), color=shade, linestyle=DASHES[mark], marker="o", markersize=3.4
            )
            keys.append(Key(label=label, mark=mark, colour=colour))
    own = shows.get("users_size")
    if isinstance(own, int | float) and own > 0:
        axes.axvline(own, color=ACCENT)
        keys.append(Key(label=f"your batch size, {number(own)}", colour="accent"))
    scale(axes, [])
    logarithmic(axes, "x")
    axes.set_title("loss")
    axes.set_xlabel("rows in a batch")
    return Picture(
        title="Loss by batch size",
        says=flat(answer.says),
        figure=figure,
        keys=tuple(keys),
        head=("rows in a batch", "loss after as many epochs"),
        rows=tuple((number(size), number(loss)) for size, loss in epochs),
    )


def _pairs(table: Any) -> list[tuple[float, float]]:
    """(size, loss) of one comparison, as far as they are numbers."""
    table = table if isinstance(table, dict) else {}
    both = zip(table.get("sizes") or (), table.get("losses") or (), strict=False)
    known = [pair for pair in both if all(isinstance(v, int | float) and math.isfinite(v) for v in pair)]
    return [(float(size), float(loss)) for size, loss in known if size > 0][:64]
