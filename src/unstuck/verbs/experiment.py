"""Put one experiment's question to a fit of the user's script."""

from __future__ import annotations

from typing import TextIO

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Experiment, UnaskableError, experiments
from unstuck.lab.record import NoRecipeError
from unstuck.lab.rerun import Rerun
from unstuck.report.paper import Paper
from unstuck.report.progress import progress
from unstuck.report.text import figures, flat
from unstuck.verbs.script import run_script


class AskingError(Exception):
    """The question cannot be put. The text says why, and what to do."""


def names() -> list[tuple[str, str]]:
    """The experiments, each with its first line."""
    return [(name, each.title) for name, each in experiments().items()]


def page(name: str) -> str:
    """The page of an experiment.

    Raises:
        AskingError: there is none of that name.
    """
    return _known(name).page


def ask(name: str, script: str, arguments: list[str], fit: int, budget: float, stream: TextIO) -> int:
    """Run the script, put the question to one of its fits, print the answer; the script's exit status.

    Raises:
        AskingError: there is no such experiment or fit, or it cannot be asked there.
    """
    from rich.console import Console

    experiment = _known(name)
    outcome = run_script(script, arguments, keeps_recipes="all")
    if outcome.forked:
        return outcome.status
    kept = outcome.recipes.kept
    number = fit - 1
    if number not in kept:
        why = outcome.recipes.lacking.get(number) or outcome.case.message
        raise AskingError(why or f"The script made {len(outcome.case.runs)} fits; there is no fit {fit}.")
    recipe = kept[number]
    if isinstance(recipe, Rerun):
        raise AskingError(f"{name} cannot be asked here: the model cannot be built apart from your script.")
    try:
        with progress(f"unstuck asks: {experiment.title}"):
            answer = experiment(recipe, Clock(budget))
    except (UnaskableError, NoRecipeError) as reason:
        raise AskingError(f"{name} cannot be asked here: {reason}.") from None
    except Exception as error:
        failed = f"{type(error).__name__}: {error}"
        raise AskingError(f"{name} failed, which is a defect of unstuck ({failed}).") from None
    paper = Paper(Console(file=stream, force_jupyter=False))
    paper.gap()
    paper.write(("unstuck: ", "bold"), f"{name}, fit {fit} of {len(outcome.case.runs)}")
    paper.write(flat(answer.says), indent=2)
    shown = figures(dict(answer.shows), "")
    if shown:
        paper.write(("Figures: ", "dim"), shown, indent=2)
    for word, causes in (("Speaks for: ", answer.supports), ("Speaks against: ", answer.refutes)):
        if causes:
            paper.write((word, "dim"), ", ".join(causes) + ".", indent=2)
    stream.flush()
    return outcome.status


def _known(name: str) -> Experiment:
    known = experiments()
    if name not in known:
        raise AskingError(f"There is no experiment {name!r}. There are: {', '.join(known)}.")
    return known[name]
