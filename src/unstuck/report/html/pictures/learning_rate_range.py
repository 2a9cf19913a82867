"""What each learning rate makes of the loss, with the user's own rate marked."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from unstuck.case.schema import RunRecord
from unstuck.report.html.drawing import ACCENT, INK, MUTED, logarithmic, panel, scale
from unstuck.report.html.picture import DASHES, Key, Picture, picture
from unstuck.report.text import flat, number

#: Losses beyond so many times the start are drawn at that height: a diverged run has no height of its own.
_TOP = 1.6


@picture(
    rank=5,
    fits=("learning-rate-too-high", "learning-rate-too-low", "too-few-updates", "saturated-divergence"),
    experiment="learning-rate-range",
)
def learning_rate_range(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """The loss after equally many updates at each learning rate, from the same weights."""
    answer = next((each for each in run.experiments if each.name == "learning-rate-range"), None)
    shows: dict[str, Any] = answer.shows if answer else {}
    pairs = [
        (float(rate), float(loss) if _is_number(loss) else math.inf)
        for rate, loss in zip(shows.get("rates") or (), shows.get("losses") or (), strict=False)
        if _is_number(rate) and rate > 0
    ][:64]
    start, own = shows.get("start"), shows.get("users_rate")
    known = [loss for _, loss in pairs if math.isfinite(loss)]
    if answer is None or len(known) < 2:
        return None
    figure, axes = panel()
    highest = _TOP * (float(start) if _is_number(start) and start > 0 else max(known))
    rates = [rate for rate, _ in pairs]
    axes.plot(rates, [min(loss, highest) for _, loss in pairs], color=INK, marker="o", markersize=3.4)
    keys = [Key(label="loss after the updates")]
    if _is_number(start):
        axes.axhline(start, color=MUTED, linewidth=1.2, linestyle=DASHES["dot"])
        keys.append(Key(label=f"loss before them, {number(start)}", mark="dot", colour="muted"))
    if _is_number(own) and own > 0:
        axes.axvline(own, color=ACCENT, linewidth=1.7)
        keys.append(Key(label=f"your learning rate, {number(own)}", colour="accent"))
    best = shows.get("best_rate")
    if _is_number(best) and best > 0:
        axes.axvline(best, color=INK, linewidth=1.1, linestyle=DASHES["dash"])
        keys.append(Key(label=f"lowest loss, {number(best)}", mark="dash"))
    scale(axes, [])
    logarithmic(axes, "x")
    axes.set_ylim(bottom=min(0.0, *known))
    axes.set_title("loss")
    axes.set_xlabel("learning rate")
    clipped = " Points at the upper edge lie above it." if any(loss > highest for _, loss in pairs) else ""
    return Picture(
        title="Loss by learning rate",
        says=flat(answer.says) + clipped,
        figure=figure,
        keys=tuple(keys),
        head=("learning rate", "loss"),
        rows=tuple((number(rate), number(loss)) for rate, loss in pairs),
    )


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
