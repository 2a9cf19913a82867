"""Trainings with and without a remedy: their curves with the spread over seeds, and the pairs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from unstuck.case.proofs import TrialRecord
from unstuck.report.html.drawing import ACCENT, INK, LINE, MUTED, drawable, epochs, panel, plot, scale
from unstuck.report.html.picture import DASHES, Key, Picture
from unstuck.report.sentences import curve_ends
from unstuck.report.text import flat, number

_Runs = Sequence[Sequence[float | None]]

#: Epochs at which the spread is drawn: its edge is a few pixels wide at each.
_MOST_BANDS = 200

#: Two curves that differ by less than this share of their size are one.
_SAME = 0.01


def trial_accuracy(trial: TrialRecord) -> Picture | None:
    """The reported accuracy of both arms by epoch."""
    return _curves(trial, trial.accuracy_curves, "accuracy")


def trial_loss(trial: TrialRecord) -> Picture | None:
    """The training loss of both arms by epoch; None where the remedy leaves it as it is."""
    return _curves(trial, trial.curves, "loss")


def _curves(trial: TrialRecord, curves: dict[str, list[list[float | None]]], what: str) -> Picture | None:
    """Mean of the seeds by epoch, within the lowest and the highest."""
    control, treated = (_band(curves.get(arm) or ()) for arm in ("control", "treated"))
    if not control[1] or not treated[1] or _alike(control[1], treated[1]):
        return None
    figure, axes = panel()
    for (low, mean, high), colour in ((control, INK), (treated, ACCENT)):
        at = range(0, len(mean), max(1, len(mean) // _MOST_BANDS))
        edges = ([line[each] for each in at] for line in (low, high))
        axes.fill_between([each + 1 for each in at], *edges, color=colour, alpha=0.16)
        plot(axes, mean, color=colour)
    known = [value for band in (control, treated) for line in band for value in line if math.isfinite(value)]
    if what == "accuracy":
        scale(axes, [])
        axes.set_ylim(0, 1.03 if max(known) > 0.4 else 1.25 * max(known) or 1.0)
    else:
        scale(axes, known)
        if axes.get_yscale() == "linear" and min(known) >= 0:
            axes.set_ylim(0, 1.08 * max(known) or 1.0)
    axes.set_title(what)
    epochs(axes, max(len(control[1]), len(treated[1])), "epoch of the trial")
    seeds = f"{len(trial.seeds)} seeds each, {trial.rows:,} rows"
    ends = [
        f"{name} {curve_ends(list(band[1]))}"
        for name, band in (("without it", control), ("with it", treated))
    ]
    return Picture(
        title=f"{what.capitalize()} in the trial",
        says=f"Mean over the seeds, of {flat(trial.remedy)}: {'; '.join(ends)}. The bands reach from the "
        f"lowest to the highest of them ({seeds}).",
        figure=figure,
        keys=(
            Key(label=f"with {_cut(trial.remedy)}", colour="accent"),
            Key(label="without it"),
            Key(label="spread over the seeds", mark="area", colour="accent", opacity=0.16),
        ),
    )


def _band(runs: _Runs) -> tuple[list[float], list[float], list[float]]:
    """(lowest, mean, highest) by epoch, over the trainings that came so far."""
    bands: list[tuple[float, float, float]] = []
    for at in range(max(map(len, runs), default=0)):
        known = [drawable(run[at]) for run in runs if at < len(run)]
        finite = [value for value in known if math.isfinite(value)]
        nothing = (math.nan,) * 3
        bands.append((min(finite), statistics.fmean(finite), max(finite)) if finite else nothing)
    low, mean, high = ([band[part] for band in bands] for part in range(3))
    return (low, mean, high) if any(map(math.isfinite, mean)) else ([], [], [])


def _alike(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two curves are one line on paper."""
    sizes = [abs(value) for value in (*first, *second) if math.isfinite(value)]
    near = _SAME * max(sizes, default=0.0)
    return len(first) == len(second) and all(
        abs(a - b) <= near
        for a, b in zip(first, second, strict=True)
        if math.isfinite(a) and math.isfinite(b)
    )


def trial_pairs(trial: TrialRecord) -> Picture | None:
    """Each pair of trainings with the same seed as one line, and the mean difference with its interval; of
    answers that were counted in two ways one line.
    """
    pairs = [
        (before, after)
        for before, after in zip(trial.control, trial.treated, strict=False)
        if math.isfinite(drawable(before)) and math.isfinite(drawable(after))
    ]
    if not pairs:
        return None
    known = all(math.isfinite(drawable(value)) for value in (trial.low, trial.difference, trial.high))
    figure, axes = panel(height=2.5, ratios=(2.4, 1.0) if known else (1.0,))
    left = axes[0] if known else axes
    for before, after in pairs:
        left.plot([0, 1], [before, after], color=ACCENT, alpha=0.45, linewidth=1.2)
        left.plot([0], [before], marker="o", markersize=5, color=INK)
        left.plot([1], [after], marker="o", markersize=5, color=ACCENT)
    left.set(xlim=(-0.35, 1.35), title=_axis(trial))
    counted = trial.recount is not None
    left.set_xticks([0, 1], ["in use", "right"] if counted else ["without", "with it"])
    left.margins(y=0.15)
    left.set_xlabel("the same answers" if counted else "one line a seed")
    scale(left, [])
    if known:
        _difference(axes[1], trial)
    arms = ("figure in use", "right answers") if counted else ("without it", f"with {_cut(trial.remedy)}")
    seeds = ["the same answers"] if counted else [str(seed) for seed in trial.seeds]
    return Picture(
        title=f"Trial of {_cut(trial.remedy)}",
        says=flat(trial.says),
        figure=figure,
        keys=(Key(label=arms[0], mark="point"), Key(label=arms[1], mark="point", colour="accent")),
        head=("" if counted else "seed", *arms),
        rows=tuple(
            (seed, number(before), number(after))
            for seed, before, after in zip(seeds, trial.control, trial.treated, strict=False)
        ),
    )


def _difference(axes: object, trial: TrialRecord) -> None:
    """The mean difference and its interval, beside zero."""
    low, mean, high = (float(value or 0.0) for value in (trial.low, trial.difference, trial.high))
    axes.axhline(0, color=MUTED, linewidth=1.1, linestyle=DASHES["dot"])  # type: ignore[attr-defined]
    axes.plot([0, 0], [low, high], color=ACCENT, linewidth=2.2)  # type: ignore[attr-defined]
    axes.plot([0], [mean], marker="D", markersize=5, color=ACCENT)  # type: ignore[attr-defined]
    room = 0.15 * max(high, 0.0, -low, 1e-9)
    axes.set(xlim=(-1, 1), ylim=(min(low, 0.0) - room, max(high, 0.0) + room), title="difference")  # type: ignore[attr-defined]
    axes.set_xticks([0], ["95% interval"])  # type: ignore[attr-defined]
    over = "pairs" if trial.recount is None else "rows"
    axes.set_xlabel(f"mean of the {over}")  # type: ignore[attr-defined]
    axes.spines["bottom"].set_color(LINE)  # type: ignore[attr-defined]
    scale(axes, [])


def _axis(trial: TrialRecord) -> str:
    """What is measured, as short as it fits above an axis; the caption has it whole."""
    words = flat(trial.measure).partition(" (")[0] or "figure"
    return words if len(words) <= 34 else "score" if words.startswith("score") else f"{words[:33]}…"


def _cut(name: str) -> str:
    return flat(name) if len(name) <= 60 else f"{flat(name)[:59]}…"
