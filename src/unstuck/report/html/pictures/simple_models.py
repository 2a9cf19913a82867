"""What simple models reach on the same rows."""

from __future__ import annotations

import math
from typing import Any

from unstuck.case.schema import RunRecord
from unstuck.report.html.drawing import ACCENT, INK, LINE, panel, short
from unstuck.report.html.picture import DASHES, Key, Picture, picture
from unstuck.report.text import flat, number


@picture(rank=7, fits=("nothing-to-learn", "model-too-small"), experiment="learnability")
def simple_models(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """Scores of simple models on rows held out from them, beside a constant answer."""
    answer = next((each for each in run.experiments if each.name == "learnability"), None)
    shows: dict[str, Any] = answer.shows if answer else {}
    table = shows.get("scores")
    scores = [
        (str(name), float(value))
        for name, value in (table.items() if isinstance(table, dict) else ())
        if isinstance(value, int | float) and math.isfinite(value)
    ][:8]
    if answer is None or not scores:
        return None
    figure, axes = panel(height=1.2 + 0.26 * len(scores))
    low = min(0.0, *(value for _, value in scores))
    for at, (_, value) in enumerate(scores):
        axes.barh(at, 1.0 - low, 0.62, low, color=LINE, alpha=0.45)
        axes.barh(at, value, 0.62, color=ACCENT, alpha=0.85)
    keys = [Key(label="score on held-out rows", mark="area", colour="accent", opacity=0.85)]
    baseline = shows.get("baseline")
    if isinstance(baseline, int | float) and math.isfinite(baseline):
        axes.axvline(baseline, color=INK, linewidth=1.3, linestyle=DASHES["dash"])
        keys.append(Key(label=f"a constant answer, {number(baseline)}", mark="dash"))
    axes.set(xlim=(low, 1.0), ylim=(len(scores) - 0.4, -0.6))
    axes.set_yticks(range(len(scores)), [short(name, 22) for name, _ in scores])
    axes.grid(visible=False)
    axes.set_title("model")
    axes.set_xlabel(str(shows.get("measure") or "score"))
    return Picture(
        title="What simple models reach",
        says=flat(answer.says),
        figure=figure,
        keys=tuple(keys),
        head=("model", "score"),
        rows=tuple((name, number(value)) for name, value in scores),
    )
