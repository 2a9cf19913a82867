"""Trials in sentences: the verdict, the figures of both arms, the interval, and what is still seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from unstuck.case.proofs import Recounted, TrialRecord
from unstuck.case.schema import RunRecord
from unstuck.report.text import count, flat, listing, score

if TYPE_CHECKING:  # a saved Case is shown without what trains
    from unstuck.lab.bench import Underway

#: Verdicts under which a trial shows that its remedy does something, the better one first.
_SHOWS = ("confirmed", "helped")


def with_sentences(trial: TrialRecord) -> TrialRecord:
    """The trial with its sentences; one that came without its figures keeps those it has."""
    if not trial.measure:
        return trial
    if trial.recount is not None:
        return msgspec.structs.replace(trial, says=_counted(trial, trial.recount))
    before, after = _range(trial.control), _range(trial.treated)
    figures = f"{trial.measure} {before} without {trial.remedy}, {after} with it{_better(trial)}"
    interval = ""
    if trial.difference is not None and trial.low is not None and trial.high is not None:
        interval = f"difference {trial.difference:+.3g}, 95% interval {trial.low:+.3g} to {trial.high:+.3g}; "
    scale = f"{_pairs(trial)}, {trial.rows:,} rows and {trial.updates:,} updates each"
    others = f", {listing(trial.with_remedies)} in both" if trial.with_remedies else ""
    gone, left, new = _seen(trial)
    seen = f"Still seen: {', '.join(left)}." if left else "None of the symptoms is seen with it."
    seen += f" New with it: {', '.join(new)}." if new else ""
    if gone and left:
        seen = f"No longer seen: {', '.join(gone)}. {seen}"
    reason = f" ({trial.why})" if trial.why else ""
    says = f"{trial.verdict}{reason}; {figures} ({interval}{scale}{others}). {seen}"
    return msgspec.structs.replace(trial, says=says)


def leading_trial(run: RunRecord) -> TrialRecord | None:
    """The trial that shows the most: of all remedies together, else the first with the best verdict."""
    together = run.proof.together if run.proof is not None else None
    if together is not None and together.verdict == "confirmed":
        return together
    trials = [trial for cause in run.causes for trial in cause.trials]
    ranked = sorted(trials, key=lambda trial: _SHOWS.index(trial.verdict) if trial.verdict in _SHOWS else 2)
    return ranked[0] if ranked else together


def tried(run: RunRecord) -> str:
    """What became of the change that is shown, in a sentence; "" where nothing is known of a proof."""
    trial = leading_trial(run)
    if trial is None or trial.verdict not in _SHOWS or not trial.measure:
        return flat(run.proof.says) if run.proof is not None else ""
    if trial.recount is not None:
        told = f"{_two_figures(trial.recount, trial.rows)}{_accounts(trial)}"
        return flat(f"Counted on the same weights, without a training: {told}")
    cure = run.cure.remedies if run.cure is not None else []
    it = "the change" if cure in ([], [trial.remedy]) or trial.remedy == " and ".join(cure) else trial.remedy
    both = f", {listing(trial.with_remedies)} in both" if trial.with_remedies else ""
    gone, left, _ = _seen(trial)
    seen = f"still seen: {listing(left)}" if left else "none of the symptoms is left"
    if gone and left:
        seen = f"no longer seen: {listing(gone)}; {seen}"
    return flat(
        f"Tried in {_pairs(trial)}{both}, {trial.measure}: {_range(trial.control)} without {it}, "
        f"{_range(trial.treated)} with it{_better(trial)}; {seen}."
    )


def underway(step: Underway) -> str:
    """What the proof is about, in a few words."""
    if step.question:
        return f"asking {flat(step.question)}"
    if not step.pair:
        return f"counting the same answers with {listing(step.remedies)}"
    with_it = f"training with {listing(step.remedies)}" if step.remedies else "training it as it is"
    return f"{with_it}, pair {step.pair}"


def _counted(trial: TrialRecord, found: Recounted) -> str:
    """A trial without a training: both figures, what the answers themselves come to, and the difference."""
    reason = f" ({trial.why})" if trial.why else ""
    interval = ""
    if trial.difference is not None and trial.low is not None and trial.high is not None:
        interval = (
            f" Right answers less the figure in use: {trial.difference:+.3g}, 95% interval {trial.low:+.3g} "
            f"to {trial.high:+.3g} over the rows; it took {trial.seconds:.1f} s."
        )
    told = f"{_two_figures(found, trial.rows)}{interval}{_accounts(trial)}"
    return f"{trial.verdict} on the same weights, without a training{reason}; {told}"


def _two_figures(found: Recounted, rows: int) -> str:
    """What the same answers get by either metric, and by what is to be counted."""
    then = "" if found.then is None else f" and {score(found.then)} by {found.instead}"
    return (
        f"the trained model's answers to {rows:,} {found.on} rows get {score(found.figure)} by {found.metric}"
        f"{then}. Their {found.counts} is {score(found.right)}, where the best answer that is the "
        f"same for all rows gets {score(found.constant)}."
    )


def _accounts(trial: TrialRecord) -> str:
    """What of the symptoms the figure accounts for, where it does."""
    gone, left, _ = _seen(trial)
    told = f" It accounts for {listing(gone)}." if gone else ""
    return f"{told} Still to be explained: {listing(left)}." if left and gone else told


def _pairs(trial: TrialRecord) -> str:
    return f"{count(len(trial.seeds), 'pair')} of trainings"


def _seen(trial: TrialRecord) -> tuple[list[str], list[str], list[str]]:
    """The symptoms that went, stayed and came with the remedy."""
    before, after = trial.symptoms_before, trial.symptoms_after
    gone, left = ([rule for rule in before if (rule in after) is stays] for stays in (False, True))
    return gone, left, [rule for rule in after if rule not in before]


def _better(trial: TrialRecord) -> str:
    return " (less is better)" if trial.better == "less" else ""


def _range(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "unknown"
    low, high = f"{min(known):.3g}", f"{max(known):.3g}"
    return low if low == high else f"{low} to {high}"
