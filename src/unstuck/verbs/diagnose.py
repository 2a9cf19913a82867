"""The pipeline on one screen: watch, judge, propose, tell."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from unstuck import __version__
from unstuck.case.journal import Journal
from unstuck.case.picturing import pictured
from unstuck.case.plain import plain
from unstuck.case.recording import figures, recorded, referred, where
from unstuck.case.schema import (
    Case,
    CauseRecord,
    Cost,
    ErrorRecord,
    NotCheckedRecord,
    NoteRecord,
    RunRecord,
    SymptomRecord,
)
from unstuck.evidence.carried import leaves_some
from unstuck.evidence.disorder import with_disorder
from unstuck.evidence.earlier import EarlierFits
from unstuck.evidence.facts import Evidence
from unstuck.evidence.gather import EXAMINATION_SECONDS, EXAMINED, ask_about_inputs, examine, gather
from unstuck.evidence.pictures import Pictures
from unstuck.evidence.reference.framing import OTHER_SHAPE
from unstuck.evidence.reference.reading import with_reference
from unstuck.evidence.reference.untold import with_untold
from unstuck.evidence.source import SourceReader, digest
from unstuck.evidence.turns import Turns
from unstuck.evidence.upstream import with_upstream
from unstuck.fix.cure import with_cures
from unstuck.judgement.findings import Finding, Judgement, folds
from unstuck.judgement.status import status_of
from unstuck.lab.keeping import Keeps, Recipes
from unstuck.reading.watched import with_answers_used, with_source
from unstuck.report.progress import progress
from unstuck.report.wording import worded
from unstuck.rules.at_inference import loses_what_was_logged
from unstuck.rules.rule import judge
from unstuck.watch.muting import muted
from unstuck.watch.observation import Observation

#: Examinations of one script may take this share of its time beyond the first one: a loop of a
#: hundred stuck fits is examined a few times, not a hundred times.
EXAMINATION_SHARE = 0.1

#: References of one script may take so many seconds, or this share of its time beyond: a loop of
#: hundreds of fits is held against simple models a few times.
REFERENCE_SECONDS, REFERENCE_SHARE = 4.0, 0.02


class Session:
    """Diagnoses every fit it is told of, and keeps the records.

    It also keeps copies of what is needed to train again, within a bound: of no run, of the stuck
    ones or of all. `reference` says whether fits are held against simple models. `journal` is where what is
    known is written as it comes; others may write there, too.
    """

    def __init__(
        self,
        script: str | None = None,
        arguments: Sequence[str] = (),
        *,
        keeps_recipes: Keeps = "none",
        reference: bool = True,
        journal: Journal | None = None,
    ) -> None:
        self.script = script
        self._journal, self._kept_as = journal, dict[int, int]()
        self._reference = reference
        self._referring = 0.0
        self.arguments = list(arguments)
        self.runs: list[RunRecord] = []
        self.recipes = None
        if keeps_recipes != "none":
            self.recipes = Recipes(healthy=keeps_recipes == "all", script=script, arguments=arguments)
        self._begun = time.perf_counter()
        self._spent = 0.0
        self._process = os.getpid()
        self._gathered: Evidence | None = None
        self._turns, self._later = Turns(), dict[int, Evidence]()
        self._earlier = EarlierFits()

    def observe(self, seen: Observation) -> None:
        """Diagnose one ended fit. A failure of ours becomes a run that says so."""
        if os.getpid() != self._process:
            return  # a child that the script forked off: nobody would read its diagnosis
        try:
            run = self._diagnose(seen)
        except KeyboardInterrupt:  # of the diagnosis alone: what is known by now is told
            self._add(_cut_short(seen, self._gathered, self.script))
            raise
        except Exception as error:
            failure = ErrorRecord("diagnosis", f"{type(error).__name__}: {error}")
            run = RunRecord(fit=where(seen.place), headline=_DEFECT, errors=[failure], told=list(seen.told))
        self._add(run)
        while self._later:
            number, evidence = self._later.popitem()
            with suppress(Exception):  # what was said of that fit stands
                self.runs[number] = _judged_again(self.runs[number], evidence, self.script)
                self._written(number)

    def _add(self, run: RunRecord) -> None:
        self.runs.append(run)
        self._written(len(self.runs) - 1)

    def _written(self, number: int) -> None:
        if self._journal is not None:
            place = self._kept_as.setdefault(number, self._journal.fits)
            self._journal.has_ended(place, self.runs[number])

    def _diagnose(self, seen: Observation) -> RunRecord:
        started = time.perf_counter()
        elapsed = started - self._begun
        may_examine = self._spent < max(EXAMINATION_SECONDS, EXAMINATION_SHARE * elapsed)
        may_refer = self._referring < max(REFERENCE_SECONDS, REFERENCE_SHARE * elapsed)
        number, self._gathered = len(self.runs), None

        def keep(seen: Observation, evidence: Evidence, run: RunRecord) -> None:
            self._later = self._turns.ended(seen.model, number, evidence)
            if self.recipes is not None:
                self.recipes.keep(number, seen, evidence, run)

        def gathered(evidence: Evidence) -> None:
            self._gathered = evidence
            if self._journal is not None:  # the examination may be killed
                fit = self._journal.fits + 1
                self._journal.is_at("examining", fit, seconds=seen.seconds, evidence=evidence)

        run = diagnose_fit(
            seen,
            script=self.script,
            may_examine=may_examine,
            without_reference=NOT_WANTED if not self._reference else "" if may_refer else _USED_UP,
            earlier=self._earlier,
            keep=keep,
            gathered=gathered,
        )
        self._spent += run.cost.examination_seconds
        self._referring += run.cost.reference_seconds
        return run

    def case(self, message: str = "") -> Case:
        """Everything so far as one Case."""
        case = Case(
            version=__version__,
            script=self.script,
            arguments=self.arguments,
            runs=list(self.runs),
            message=message,
        )
        return with_cures(case)


#: Told of a diagnosed fit while its data is still at hand.
Keep = Callable[[Observation, Evidence, RunRecord], None]


def diagnose_fit(
    seen: Observation,
    *,
    script: str | None = None,
    may_examine: bool = True,
    before_training: bool = False,
    without_reference: str = "",
    earlier: EarlierFits | None = None,
    keep: Keep | None = None,
    gathered: Callable[[Evidence], None] | None = None,
) -> RunRecord:
    """Evidence, reference, judgement, examination where something looks wrong, remedies: one run's record.

    `without_reference` says why the fit is not held against simple models, "" where it is. `earlier` are
    the fits before it. `gathered` is told of what is known before anything is asked of the model.
    """
    if not getattr(seen.model, "compiled", True):
        return RunRecord(fit=where(seen.place), status="failed", headline=_NEVER_COMPILED)
    started = time.perf_counter()
    evidence = gather(seen)
    if earlier is not None:
        evidence = seen.attempt("earlier fits", earlier.beside, seen, evidence) or evidence
    watched = seen.watch_seconds + time.perf_counter() - started
    if gathered is not None:
        seen.attempt("journal", gathered, evidence)
    evidence, referring = _referred(seen, evidence, _BEFORE if before_training else without_reference)
    spent, reading, pictures = 0.0, 0.0, None
    if not before_training and may_examine:
        started = time.perf_counter()
        evidence = ask_about_inputs(seen, evidence)
        evidence = seen.attempt("answers used", with_answers_used, evidence) or evidence
        spent = time.perf_counter() - started
    started = time.perf_counter()
    judgement = judge(evidence, gated=not before_training)
    watched += time.perf_counter() - started
    # Of a fit that nobody saw the model alone can tell: it is looked at in any case.
    found = judgement.symptoms or judgement.notes or judgement.causes or judgement.doubtful
    apart = evidence.absent.get("Reference") == OTHER_SHAPE
    unshown = status_of(judgement, evidence) in ("nothing-found", "not-judged")
    lost = any(loses_what_was_logged(each.reference, each.curve, each.metrics) for each in evidence.outputs)
    suspicious = found or apart or unshown or lost or seen.attempt("own metrics", leaves_some, seen.model)
    if not before_training and (suspicious or seen.vitals is None):
        began = time.perf_counter()
        evidence = seen.attempt("source", with_source, evidence) or evidence
        examining = time.perf_counter()
        reading = examining - began
        if may_examine:
            with progress("unstuck examines the training"):
                evidence = examine(seen, evidence, pictures=True)
                pictures = pictured(seen, evidence)
            judgement = judge(evidence)
            spent += time.perf_counter() - examining
        else:
            evidence = replace(evidence, absent={**evidence.absent, **_NOT_EXAMINED})
            judgement = judge(evidence)
    if judgement.symptoms and not judgement.causes and not before_training:
        untold = with_untold(evidence)
        judgement = judge(untold) if untold is not evidence else judgement
        evidence = untold
    if _was_ended_for_another(seen, judgement):
        judgement = judge(evidence, gated=False)
    cost = Cost(
        fit_seconds=seen.seconds,
        watch_seconds=watched,
        examination_seconds=spent,
        reference_seconds=referring,
        source_seconds=reading,
    )
    run = record(judgement, evidence, seen, cost, _sources(script), pictures)
    if keep is not None:
        keep(seen, evidence, run)
    return run


def _cut_short(seen: Observation, evidence: Evidence | None, script: str | None) -> RunRecord:
    """The record of a fit whose diagnosis was interrupted."""
    if evidence is None:
        return RunRecord(fit=where(seen.place), status="not-judged", headline=_YOU_ENDED)
    return unexamined(evidence, seen, _YOU_ENDED_THAT, _sources(script), Cost(fit_seconds=seen.seconds))


def unexamined(
    evidence: Evidence, seen: Observation, why: str, sources: SourceReader, cost: Cost
) -> RunRecord:
    """The record of a fit of which only is known what costs nothing; `why` says what became of the rest."""
    absent = {"Reference": why} | dict.fromkeys(EXAMINED, why)
    evidence = replace(evidence, absent={**evidence.absent, **absent})
    place = evidence.fit.place if evidence.fit is not None else None
    if place is not None and sources.read(place.file).text:
        evidence = seen.attempt("source", with_source, evidence) or evidence
    return record(judge(evidence), evidence, seen, cost, sources)


def _judged_again(run: RunRecord, evidence: Evidence, script: str | None) -> RunRecord:
    """A run's record as it is with evidence that came later."""
    fit = evidence.fit
    seen = Observation(model=None, arguments={}, place=fit.place if fit is not None else None)
    again = record(judge(evidence), evidence, seen, run.cost, _sources(script), run.pictures)
    return msgspec.structs.replace(again, errors=run.errors, curves=run.curves, told=run.told)


def _was_ended_for_another(seen: Observation, judgement: Judgement) -> bool:
    """Whether unstuck ended the fit for a cause of which nothing was seen by then: one step shows little."""
    stands = {each.rule for each in (*judgement.causes, *judgement.folded)}
    return any(each.stopped and each.rule not in stands for each in seen.told)


def _sources(script: str | None) -> SourceReader:
    return SourceReader(main=str(Path(script).absolute()) if script else None)


def _referred(seen: Observation, evidence: Evidence, why_not: str) -> tuple[Evidence, float]:
    """The evidence with its reference, and the seconds that took; `why_not` says why there is to be none."""
    if why_not:
        return replace(evidence, absent={**evidence.absent, "Reference": why_not}), 0.0
    started = time.perf_counter()
    with muted():  # what libraries warn of while simple models are fitted, and what they do to the filters
        referred: Evidence | None = seen.attempt("reference", with_reference, seen, evidence)
        if referred is None:
            failed = "it could not be had for an error"
            referred = replace(evidence, absent={**evidence.absent, "Reference": failed})
        referred = seen.attempt("upstream", with_upstream, seen, referred) or referred
        referred = seen.attempt("disorder", with_disorder, seen, referred) or referred
    return referred, time.perf_counter() - started


_BEFORE = "nothing was trained yet"
NOT_WANTED = "simple models were left out, as was asked for"
_USED_UP = "earlier fits of this script were held against simple models; the time for that is used up"
_DEFECT = "unstuck could not diagnose this fit; the training was not touched by that."
_NEVER_COMPILED = (
    "The model was never compiled, so fit could not start: call model.compile(optimizer=..., loss=..., "
    "metrics=[...]) before fit."
)
_YOU_ENDED = "You ended the diagnosis of this fit before anything was known of it."
_YOU_ENDED_THAT = "you ended the diagnosis before that"
_SPARED = "earlier fits of this script were examined; the time for examinations is used up"
_NOT_EXAMINED = dict.fromkeys(EXAMINED, _SPARED)


def record(
    judgement: Judgement,
    evidence: Evidence,
    seen: Observation,
    cost: Cost,
    sources: SourceReader,
    pictures: Pictures | None = None,
) -> RunRecord:
    """The judgement as it is saved and shown, remedies written as edits of the user's source.

    `cost` is what was spent by then; the remedies are added to it.
    """
    started = time.perf_counter()
    notes = [
        NoteRecord(explained_by=_leader(cause, judgement), **recorded(cause, sources))
        for cause in judgement.folded
    ]
    notes += [NoteRecord(**recorded(note, sources)) for note in judgement.notes]
    optimizer = evidence.optimizer
    run = RunRecord(
        fit=where(seen.place),
        compiled=where(optimizer.compile_place if optimizer is not None else seen.compile_place),
        status=status_of(judgement, evidence),
        symptoms=[
            SymptomRecord(
                rule=each.rule,
                says=each.says,
                shows=plain(each.shows),
                output=each.output,
                family=each.family,
            )
            for each in judgement.symptoms
        ],
        causes=[CauseRecord(**recorded(cause, sources)) for cause in judgement.causes],
        notes=notes,
        asked=judgement.asked,
        not_checked=[NotCheckedRecord(rule, reason) for rule, reason in judgement.not_checked],
        errors=_one_line_each((*seen.errors, *judgement.errored)),
        environment=plain(vars(evidence.environment)) if evidence.environment else {},
        figures=figures(evidence),
        baselines={
            output.name: plain(vars(output.baselines)) for output in evidence.outputs if output.baselines
        },
        reference={
            output.name: referred(output.reference)
            for output in evidence.outputs
            if output.reference is not None
        },
        told=list(seen.told),
        no_reference=evidence.absent.get("Reference", ""),
        curves={
            output.name: {name: plain(values) for name, values in output.curve.epochs.items()}
            for output in evidence.outputs
            if output.curve
        },
        pictures=pictures,
        sources=_digests(sources),  # last: the remedies above have read the files they edit
    )
    return worded(msgspec.structs.replace(run, cost=cost.with_source(time.perf_counter() - started)))


def _digests(sources: SourceReader) -> dict[str, str]:
    """The SHA-256 of each file that remedies were written for, in hexadecimal."""
    digests = {}
    for file in sources.files:
        with suppress(OSError, ValueError):  # a notebook cell is no file
            digests[file] = digest(file)
    return digests


def _one_line_each(errors: Iterable[tuple[str, str]]) -> list[ErrorRecord]:
    """The errors, each told once, with all the places that ran into it."""
    places: dict[str, list[str]] = {}
    for stage, text in errors:
        places.setdefault(text, []).append(stage)
    return [ErrorRecord(", ".join(dict.fromkeys(stages)), text) for text, stages in places.items()]


def _leader(folded: Finding, judgement: Judgement) -> str:
    return next((cause.rule for cause in judgement.causes if folds(cause, folded)), "another cause")
