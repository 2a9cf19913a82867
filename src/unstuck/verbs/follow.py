"""The verb `show --follow`: what is told of a training while another process goes on with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from unstuck.case.growing import Growing, read_back
from unstuck.case.journal import Kept, kept
from unstuck.case.schema import Case, CaseError, ToldRecord
from unstuck.report.sentences import curve_order
from unstuck.report.text import first_sentence, flat, named, score
from unstuck.verbs.show import at, headline_in, journalled, what_became

if TYPE_CHECKING:  # a saved Case is shown without numpy
    from unstuck.evidence.facts import Evidence

#: Seconds between two looks at what was written.
_EVERY = 0.5


def follow(name: str | None, stream: TextIO) -> None:
    """Print what is told of a run that goes on, one line for each thing, until it ends or Ctrl-C.

    Args:
        name: a number of `show --list` or a run's folder, None for the newest run that goes on.
        stream: where to.

    Raises:
        CaseError: there is no such run, or it does not go on. The text says what to do.
    """
    run = _going(name)
    try:
        for line in Following(run).lines():
            stream.write(f"{line}\n")
            stream.flush()
    except (KeyboardInterrupt, BrokenPipeError):
        return


def _going(name: str | None) -> Kept:
    """The run that is meant, as it goes on."""
    if name is None:
        found = next((run for run in kept() if _goes_on(run)), None)
        if found is None:
            raise CaseError(
                "No run trains now. `unstuck run SCRIPT` starts one, and `unstuck show` tells the newest."
            )
        return found
    run = journalled(name)
    if run is None:
        raise CaseError(f"{name} is a file; --follow takes a number of `unstuck show --list`, or nothing.")
    if not _goes_on(run):
        raise CaseError(f"Run {name} trains no more; `unstuck show {name}` tells it.")
    return run


def _goes_on(run: Kept) -> bool:
    try:
        growing = run.head().growing
    except CaseError:  # of another version of unstuck
        return False
    return growing is not None and growing.is_alive is not False


class Following:
    """What was told of a run by now, so that each thing is told once."""

    def __init__(self, run: Kept) -> None:
        self._run = run
        self._ended = len(run.files)
        self._fit = self._epochs = self._told = 0
        self._doing = ("", 0)

    def lines(self) -> Iterator[str]:
        """Each line as soon as it can be told; they end with the run."""
        head = self._run.head()
        program = f"{Path(head.script).name}" if head.script else "a program"
        if head.growing is not None:
            yield f"unstuck follows {program} (process {head.growing.process}), {at(head.growing)}."
        while True:
            yield from self.news(head)
            growing = head.growing
            if growing is None:
                yield "The run has ended; `unstuck show` tells all of it."
                return
            if growing.is_alive is False:
                head = self._run.head()  # its last words may have come since
                if head.growing is not None:
                    yield from self.news(head)
                    yield f"{what_became(head.growing)} `unstuck show` tells what was seen."
                    return
                continue
            time.sleep(_EVERY)
            head = self._run.head()

    def news(self, head: Case) -> Iterator[str]:
        """What is new in the run since it was asked for last."""
        files = self._run.files
        for number, file in enumerate(files[self._ended :], self._ended + 1):
            self._ended = number
            yield f"fit {number} has ended: {headline_in(file)}"
        growing = head.growing
        if growing is None:
            return
        if growing.fit != self._fit:
            self._fit, self._epochs, self._told = growing.fit, 0, 0
        for each in msgspec.convert(growing.told[self._told :], list[ToldRecord]):
            yield _as_told(each, growing.fit)
        self._told = len(growing.told)
        if growing.stage == "training":
            yield from self._epoch(growing)
        doing = {"examining": f"fit {growing.fit} is examined", "proving": "the remedies are tried"}
        if (growing.stage, growing.fit) != self._doing and growing.stage in doing:
            yield doing[growing.stage]
        self._doing = (growing.stage, growing.fit)

    def _epoch(self, growing: Growing) -> Iterator[str]:
        """The figures of the newest epoch, where there is a new one."""
        try:
            evidence = read_back(growing.evidence or {})
        except msgspec.ValidationError:  # of another version of unstuck
            return
        fit = evidence.fit
        if fit is None or fit.epochs_done <= self._epochs:
            return
        self._epochs = fit.epochs_done
        yield f"fit {growing.fit}, epoch {fit.epochs_done:,} of {fit.epochs:,}: {_figures(evidence)}"


def _figures(evidence: Evidence) -> str:
    """The last figure of each curve, in the names of the log."""
    parts = []
    for output in evidence.outputs:
        curves = output.curve.epochs if output.curve is not None else {}
        before = f"{flat(output.name)} " if output.name else ""
        for name in sorted(curves, key=curve_order):
            if curves[name]:
                parts.append(f"{before}{flat(name)} {score(curves[name][-1])}")
    return ", ".join(parts)


def _as_told(told: ToldRecord, fit: int) -> str:
    """What was told, as it was told then, in one line."""
    when = f"step {told.step:,}" if told.step else "before its first step"
    ends = "; the training ends for it" if told.stopped else ""
    return f"fit {fit}, {when}: {named(told)} ({told.certainty}): {first_sentence(told.says)}{ends}"
