"""The user's own curves, with what needs no learning drawn in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from unstuck.case.schema import RunRecord
from unstuck.report.html.drawing import INK, MUTED, drawable, epochs, panel, plot, scale
from unstuck.report.html.picture import DASHES, Key, Picture
from unstuck.report.sentences import curve_ends, trivial_answers
from unstuck.report.text import flat, score
from unstuck.report.words import BASELINE, BEST_LOSS, OF_NUMBERS

#: An accuracy that stays under this is drawn on a scale of its own, from 0.
_LOW = 0.4

_MARKS = ("dot", "dash", "chain")


def accuracy_curve(run: RunRecord, output: str) -> Picture | None:
    """The accuracy by epoch on training and validation rows, with the answers that need no learning."""
    curves = run.curves.get(output, {})
    names = [
        name for name in curves if not name.startswith("val_") and not name.endswith("loss") and curves[name]
    ]
    name = next((each for each in names if "acc" in each.lower()), names[0] if names else "")
    if not name:
        return None
    levels = _accuracy_levels(run, output) if "acc" in name.lower() else []
    return _panel(run, output, name, levels, share="acc" in name.lower())


def loss_curve(run: RunRecord, output: str) -> Picture | None:
    """The loss by epoch on training and validation rows, with the best that a constant answer reaches."""
    if not run.curves.get(output, {}).get("loss"):
        return None
    told = trivial_answers(run.baselines.get(output, {}))
    levels = [(BASELINE[name].format(score(told[name])), told[name]) for name in BEST_LOSS if name in told]
    if levels and any(name in told for name in OF_NUMBERS):
        persistence = told.get("persistence_mse")
        if persistence is not None and told.get("mean_mse") in (None, told.get("constant_loss")):
            levels.append((BASELINE["persistence_mse"].format(score(persistence)), persistence))
    return _panel(run, output, "loss", levels, share=False)


def _accuracy_levels(run: RunRecord, output: str) -> list[tuple[str, float]]:
    """Majority class, chance, and a simple model, as far as they are known and apart."""
    table = run.baselines.get(output, {})
    majority, classes = table.get("majority"), table.get("classes")
    levels = []
    if majority is not None:
        levels.append((BASELINE["majority"].format(score(majority)), majority))
    if classes and 2 <= classes < math.inf and (majority is None or abs(majority - 1 / classes) > 0.02):
        levels.append((f"accuracy {score(1 / classes)} (chance, one class in {classes:.0f})", 1 / classes))
    simple = next((each.shows for each in run.experiments if each.name == "learnability"), {})
    scores = simple.get("scores")
    if simple.get("measure") == "accuracy" and isinstance(scores, dict) and scores:
        name, value = max(scores.items(), key=lambda pair: pair[1] if isinstance(pair[1], float) else -1.0)
        if isinstance(value, float):
            levels.append((f"accuracy {score(value)} ({flat(name)}, on rows held out from it)", value))
    return levels


def _panel(
    run: RunRecord, output: str, name: str, levels: Sequence[tuple[str, float]], *, share: bool
) -> Picture:
    """One curve with its validation twin and the level lines."""
    curves = run.curves[output]
    taught, judged = curves[name], curves.get(f"val_{name}") or []
    figure, axes = panel()
    plot(axes, taught, color=INK)
    mark = "point" if len(taught) == 1 else "line"
    keys = [Key(label=f"{flat(name)}, training rows", mark=mark)]
    if judged:
        plot(axes, judged, color=INK, alpha=0.55, linewidth=1.3)
        keys.append(Key(label=f"{flat(name)}, validation rows", mark=mark, opacity=0.55))
    known = [value for value in map(drawable, (*taught, *judged)) if math.isfinite(value)]
    for (label, value), mark in zip(levels, _MARKS, strict=False):
        if not math.isfinite(drawable(value)):
            continue
        axes.axhline(value, color=MUTED, linewidth=1.4, linestyle=DASHES[mark])
        keys.append(Key(label=label, mark=mark, colour="muted"))
        known.append(value)
    _limits(axes, known, share)
    _gaps(axes, taught, known)
    axes.set_title(flat(name)[:40])
    epochs(axes, len(taught))
    title = f"{flat(name)[:60].capitalize()} of your training" + (
        f', output "{flat(output)[:40]}"' if output else ""
    )
    told = [f"{flat(name)} {curve_ends(taught)}"] + (
        [f"on validation rows {curve_ends(judged)}"] if judged else []
    )
    says = (
        f"Over {len(taught):,} epochs: {'; '.join(told)}."
        if len(taught) > 1
        else f"In 1 epoch: {'; '.join(told)}."
    )
    if levels:
        says += f" Without learning: {'; '.join(label for label, _ in levels)}."
    return Picture(title=title, says=says, figure=figure, keys=tuple(keys))


def _limits(axes: Any, known: list[float], share: bool) -> None:
    """The axis of shares begins at 0 and goes to 1, unless all stay small."""
    scale(axes, [] if share else known)
    if share and known:
        top = max(known)
        axes.set_ylim(0, 1.03 if top > _LOW else 1.25 * top or 1.0)
    elif known and axes.get_yscale() == "linear" and min(known) >= 0:
        axes.set_ylim(0, 1.08 * max(known) or 1.0)


def _gaps(axes: Any, taught: Sequence[float | None], known: list[float]) -> None:
    """Where the curve is no number, say so in the picture."""
    lost = [at for at, value in enumerate(taught, start=1) if not math.isfinite(drawable(value))]
    if not lost:
        return
    axes.axvspan(lost[0] - 0.5, len(taught) + 0.5, color=MUTED, alpha=0.15)
    if not known:
        axes.set_ylim(0, 1)
    middle = (lost[0] + len(taught)) / 2
    axes.text(
        middle, 0.5, "no number", transform=axes.get_xaxis_transform(), ha="center", va="center", color=MUTED
    )
