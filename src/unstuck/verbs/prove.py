"""Prove the stuck runs of a Case, one after the other, within one budget."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from unstuck.case.journal import Journal
from unstuck.case.proofs import Proof
from unstuck.case.schema import Case, RunRecord
from unstuck.fix.cure import with_cures
from unstuck.lab.bench import Underway
from unstuck.lab.clocks import Budget
from unstuck.lab.executors import Executor, ExecutorError, Here, Local, OnRay
from unstuck.lab.keeping import Recipes
from unstuck.lab.prove import prove
from unstuck.lab.recipe import Recipe
from unstuck.lab.saved import SavedError, load, save, why_not
from unstuck.report.progress import progress
from unstuck.report.trials import underway
from unstuck.report.wording import worded
from unstuck.verbs.script import ProgramResult
from unstuck.watch.runner import INTERRUPTED

#: Trainings at the same time, unless told otherwise: more than a wave of trials has would wait, each in
#: half a gigabyte of memory.
MOST_WORKERS = 18


class ProvingError(Exception):
    """A saved Case cannot be proven. The text says why, and what to do."""


def prove_case(
    case: Case,
    recipes: Recipes,
    budget: float,
    *,
    workers: int | None = None,
    on: str = "local",
    journal: Journal | None = None,
    lines: bool = False,
) -> Case:
    """The Case with its stuck runs proven as far as the budget goes.

    Args:
        case: what was diagnosed.
        recipes: what is needed to train its runs again.
        budget: seconds of work for all of them together, counted from when the workers are ready.
        workers: trainings at the same time, None for as many as there are processors; 0 trains in
            this process.
        on: "local" or "ray".
        journal: where each proof is written as it comes.
        lines: whether what is being done is told in lines on standard error where that is no terminal.

    Raises:
        ValueError: `on` is neither.
        ExecutorError: no training can be run there; the text says what to do.
    """
    stands = recipes.stands_for
    runs = [
        _lacking(run, recipes.lacking.get(number), stands.get(number)) for number, run in enumerate(case.runs)
    ]
    if recipes.kept:
        first = next(iter(recipes.kept.values()))
        if journal is not None:
            journal.is_at("proving", len(runs))
        with contextlib.ExitStack() as stack:
            executor = stack.enter_context(_executor(on, workers, first.backend))
            executor.warm()
            with progress("unstuck starts its workers"):
                clock = Budget(budget, executor.ready())
            for done, (number, recipe) in enumerate(recipes.kept.items()):
                share = clock.part(clock.left / (len(recipes.kept) - done))
                with progress("unstuck tries the remedies", lines=lines) as say:
                    line = _ProgressLine(say, share)
                    runs[number] = _proved(runs[number], recipe, executor, share, line)
                if journal is not None:
                    journal.has_more(number, runs[number])
                proof = runs[number].proof
                if proof is not None and proof.interrupted:
                    break
    return with_cures(msgspec.structs.replace(case, runs=runs))


def _proved(
    run: RunRecord, recipe: Any, executor: Executor, budget: Budget, line: _ProgressLine
) -> RunRecord:
    """The run with its proof; a defect costs this proof and no other."""
    try:
        return worded(prove(run, recipe, executor, budget=budget, progress=line))
    except ExecutorError:
        raise
    except KeyboardInterrupt:
        return msgspec.structs.replace(run, proof=Proof(says="Not tried: you ended it.", interrupted=True))
    except Exception as error:
        return _not_tried(run, f"it failed ({type(error).__name__}: {error})")


def may_be_proven(outcome: ProgramResult) -> bool:
    """Whether there is anything to try."""
    given = outcome.recipes is not None and not outcome.forked and outcome.status != INTERRUPTED
    return given and bool(outcome.recipes.kept)


def proven(
    outcome: ProgramResult, budget: float, on: str, journal: Journal | None = None, *, lines: bool = False
) -> ProgramResult:
    """The outcome of a script with its stuck runs proven; where that is not possible, a message says so.

    `journal` is where each proof is written as it comes, `lines` as for `prove_case`.
    """
    if outcome.recipes is None or outcome.forked or outcome.status == INTERRUPTED:
        return outcome
    try:
        case = prove_case(outcome.case, outcome.recipes, budget, on=on, journal=journal, lines=lines)
        return replace(outcome, case=case)
    except ExecutorError as error:
        message = f"{outcome.case.message} The remedies were not tried: {error}".strip()
    except KeyboardInterrupt:
        message = f"{outcome.case.message} You ended the proof; the diagnosis stands.".strip()
    except Exception as error:  # a defect of ours costs the proof, never the diagnosis
        failed = f"The remedies were not tried, a defect of unstuck ({type(error).__name__}: {error})."
        message = f"{outcome.case.message} {failed}".strip()
    return replace(outcome, case=msgspec.structs.replace(outcome.case, message=message))


def postponed(outcome: ProgramResult, report: Path | None) -> ProgramResult:
    """The outcome of a run with --no-prove: the recipes are saved beside the report, for `unstuck prove`."""
    if outcome.recipes is None or outcome.forked or report is None:
        return outcome
    recipes: Recipes = outcome.recipes
    reasons = {number: why_not(recipe) for number, recipe in recipes.kept.items()}
    lacking = recipes.lacking | {number: reason for number, reason in reasons.items() if reason}
    kept = {
        number: recipe
        for number, recipe in recipes.kept.items()
        if isinstance(recipe, Recipe) and not reasons[number]
    }
    stands = recipes.stands_for
    runs = [
        _lacking(run, lacking.get(number), stands.get(number)) for number, run in enumerate(outcome.case.runs)
    ]
    message = outcome.case.message
    if kept:
        target = _beside(report)
        try:
            save(kept, target)
        except (OSError, SavedError) as error:
            message = (
                f"{message} What a later proof needs could not be written to {target} ({error}).".strip()
            )
        else:
            later = f"Not tried yet: `unstuck prove {report.name}` does it."
            for number in kept:
                proof = Proof(says=later, recipe=target.name)
                runs[number] = msgspec.structs.replace(runs[number], proof=proof)
    return replace(outcome, case=msgspec.structs.replace(outcome.case, runs=runs, message=message))


def prove_file(path: Path, budget: float, on: str) -> Case:
    """Prove the runs of a saved Case from the recipes beside it, and write it again.

    Raises:
        CaseError: the file is no readable Case.
        ProvingError: there are no recipes, or no training can be run.
    """
    case = Case.load(path)
    name = next((run.proof.recipe for run in case.runs if run.proof and run.proof.recipe), None)
    if name is None:
        whys = [run.proof.says for run in case.runs if run.proof] or ["no run in it was left to prove."]
        raise ProvingError(
            f"{path} has nothing to train again from: {whys[0]} Save one with --no-prove --json."
        )
    recipes = Recipes()
    try:
        saved = load(path.parent / Path(name).name)
        recipes.kept |= {number: each for number, each in saved.items() if number < len(case.runs)}
        if not recipes.kept:
            raise ProvingError(f"{name} holds no recipe of a run in {path}.")
        first = next(iter(recipes.kept.values()))
        os.environ["KERAS_BACKEND"] = first.backend  # before Keras is imported; this process ends soon
        proved = prove_case(case, recipes, budget, on=on, lines=True)
    except (SavedError, ExecutorError) as error:
        raise ProvingError(str(error)) from None
    try:
        proved.save(path)
    except OSError as error:
        message = f"{proved.message} {path} could not be written again ({error}).".strip()
        return msgspec.structs.replace(proved, message=message)
    return proved


def _beside(report: Path) -> Path:
    return report.with_name(f"{report.stem}.recipes.npz")


class _ProgressLine:
    """What is being done, and the seconds left: they are counted anew whenever the line is drawn."""

    def __init__(self, say: Callable[[Any], None], clock: Budget) -> None:
        self._say, self._clock = say, clock
        self._text = ""

    def __call__(self, step: Underway) -> None:
        text = underway(step)
        if text != self._text:
            self._text = text
            self._say(self)

    def __str__(self) -> str:
        left = f"{self._clock.left:.0f} s"
        left = f"{left} of work left (the machine is busy)" if self._clock.busy else f"{left} left"
        return f"unstuck: {self._text}, {left}"

    __rich__ = __str__


def _executor(on: str, workers: int | None, backend: str) -> Executor:
    if on == "ray":
        return OnRay(backend=backend)
    if on != "local":
        raise ValueError(f"on is {on!r}; it must be 'local' or 'ray'.")
    if workers == 0:
        return Here()
    local = Local(workers, backend=backend)
    return local if workers or local.workers <= MOST_WORKERS else Local(MOST_WORKERS, backend=backend)


def _lacking(run: RunRecord, reason: str | None, stands: int | None = None) -> RunRecord:
    """The run with the reason why it cannot be proven, if there is one; `stands` is who is tried for it."""
    return run if reason is None else _not_tried(run, reason, None if stands is None else stands + 1)


def _not_tried(run: RunRecord, reason: str, of_fit: int | None = None) -> RunRecord:
    """The run with the reason why it is not proven, and the fit that is in its place."""
    return msgspec.structs.replace(run, proof=Proof(says=f"Not tried: {reason}.", of_fit=of_fit))
