"""What a reader needs of a run first: what became of it, why, what to change, and what trying it showed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unstuck.case.proofs import RemedyRecord
from unstuck.case.schema import CauseRecord, RunRecord
from unstuck.report.changes import FileChange, changes_in
from unstuck.report.headline import became
from unstuck.report.sentences import curve_ends, curve_order, symptom, unexplained
from unstuck.report.text import count, first_sentence, flat, named, sentences_in
from unstuck.report.trials import tried
from unstuck.report.words import SURE

#: Characters of a cause's sentences that are told first, two or three lines. The first one is always whole.
_SAID = 250

#: Figures of a training that are told first, each with its twin on the validation rows; the loss is one.
_FIGURES = 3

#: Outputs of a model whose figures are told first.
_OUTPUTS = 2

#: What ends the figures of a curve that does not move.
_STAYS = " throughout"

#: What is seen, and answers to questions, where there is no cause to tell instead.
_SEEN = 4


@dataclass(frozen=True)
class ShortReport:
    """The first lines of a report, in the order in which they are told.

    `cause` is the leading one, None where there is none; `seen` then is what is seen and what questions came
    to. `files` are the changed lines of the one diff that cures, `advice` what to do that no diff holds,
    `beside` what becomes of other fits.
    `further` are the other causes, a line each, `left` the symptoms that no cause explains.
    """

    became: str
    figures: str
    cause: CauseRecord | None
    sure: str
    says: str
    remedies: tuple[str, ...]
    files: tuple[FileChange, ...]
    advice: tuple[str, ...]
    beside: tuple[str, ...]
    tried: str
    further: tuple[str, ...]
    seen: tuple[str, ...]
    left: str

    @classmethod
    def of(cls, run: RunRecord) -> ShortReport:
        """The first lines of this run's report."""
        cause = run.causes[0] if run.causes else None
        names, diff, advice = _change(run)
        return cls(
            became=flat(became(run)),
            figures=_figures(run),
            cause=cause,
            sure=SURE["counted" if cause.counted else cause.certainty] if cause is not None else "",
            says=_opening(cause.says) if cause is not None else "",
            remedies=names,
            files=_files(run, diff),
            advice=advice,
            beside=tuple(map(flat, run.cure.beside)) if run.cure is not None else (),
            tried=tried(run),
            further=tuple(_further(each) for each in run.causes[1:]),
            seen=_seen(run) if cause is None else (),
            left=unexplained(run) if cause is not None else "",
        )


def _opening(says: str) -> str:
    """The first sentences of a cause, as many as belong to the first lines."""
    told = ""
    for sentence in sentences_in(says):
        if told and len(told) + len(sentence) >= _SAID:
            break
        told = f"{told} {sentence}".strip()
    return told


def _change(run: RunRecord) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
    """What to change: the names of the remedies, their diff, and what is to be done without one."""
    cure = run.cure
    if cure is not None:
        return tuple(map(flat, cure.remedies)), cure.diff, tuple(map(flat, cure.by_hand))
    remedy = next(filter(None, map(_remedy_of, run.causes)), None)
    if remedy is None:
        return (), None, ()
    return (flat(remedy.name),), remedy.diff, () if remedy.diff else (flat(remedy.says),)


def _files(run: RunRecord, diff: str | None) -> tuple[FileChange, ...]:
    """The changed files under their own names: in a diff for `patch -p1` none begins with a slash."""
    places = [each.where for each in run.causes if each.where is not None]
    whole = {each.file for each in places} | {came.file for each in places for came in each.because}
    if run.fit is not None:
        whole.add(run.fit.file)
    changes = changes_in(diff)
    return tuple(
        replace(each, name=f"/{each.name}") if f"/{each.name}" in whole else each for each in changes
    )


def _remedy_of(cause: CauseRecord) -> RemedyRecord | None:
    """The first remedy of a cause that no trial speaks against."""
    return next((remedy for remedy in cause.remedies if not cause.against(remedy)), None)


def _further(cause: CauseRecord) -> str:
    """Another cause in one line."""
    return f"{named(cause)} ({cause.certainty}): {first_sentence(cause.says)}"


def _seen(run: RunRecord) -> tuple[str, ...]:
    """What is seen of a training that no cause explains, and what questions about it came to."""
    told = [f"{symptom(each)} [{flat(each.rule)}]" for each in run.symptoms]
    told += [f"{first_sentence(each.says)} [{flat(each.name)}]" for each in run.experiments]
    left = len(told) - _SEEN
    return (*told[:_SEEN], *([f"{count(left, 'more line')} of this with -v"] if left > 0 else []))


def _figures(run: RunRecord) -> str:
    """What the curves came to, in the names of the log: "In 8 epochs: loss 6.5171 throughout ..."."""
    told = []
    for output, curves in list(run.curves.items())[:_OUTPUTS]:
        known = {name: values for name, values in curves.items() if values}
        names = [name for name in sorted(known, key=curve_order) if not _is_twin(name, known)]
        if not names:
            continue
        ends = [_with_twin(name, known) for name in names[:_FIGURES]]
        epochs = count(max(map(len, known.values())), "epoch")
        head = f'Output "{flat(output)}", in {epochs}' if output else f"In {epochs}"
        told.append(f"{head}: {', '.join(ends)}.")
    return " ".join(told)


def _is_twin(name: str, known: dict[str, list[float | None]]) -> bool:
    return name.startswith("val_") and name.removeprefix("val_") in known


def _with_twin(name: str, known: dict[str, list[float | None]]) -> str:
    own, twin = curve_ends(known[name]), known.get(f"val_{name}")
    if not twin:
        return f"{flat(name)} {own}"
    beside = curve_ends(twin)
    if own.endswith(_STAYS) and beside.endswith(_STAYS):
        return f"{flat(name)} {own.removesuffix(_STAYS)} (validation {beside.removesuffix(_STAYS)}){_STAYS}"
    return f"{flat(name)} {own} (validation {beside})"
