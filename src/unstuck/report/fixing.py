"""What `unstuck fix` tells: the choice, the diff, the comparison, what was written and how to undo it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console

from unstuck.case.schema import RunRecord
from unstuck.fix.choice import Choice, established, remedy_names, spoken_against
from unstuck.fix.compose import Composed
from unstuck.fix.files import Edited
from unstuck.remedies.editing.diff import shown
from unstuck.report.comparison import Comparison
from unstuck.report.paper import Paper
from unstuck.report.text import clean, flat, listing, path, place

_INDENT = 2
_SHADES = {"+": "green", "-": "red", "@": "cyan"}


class FixPrinter:
    """Writes on a stream: in colours on a terminal, and with diffs byte for byte into a file or pipe."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = sys.stderr if stream.closed else stream
        if hasattr(self._stream, "reconfigure"):
            self._stream.reconfigure(errors="replace")
        self._console = Console(file=self._stream, force_jupyter=False)
        self._paper = Paper(self._console)

    def say(self, text: str) -> None:
        """One paragraph after an empty line."""
        self._paper.gap()
        self._paper.write(("unstuck: ", "bold"), flat(text))

    def nothing_chosen(self, run: RunRecord, at: int, everything: bool) -> None:
        """Why no remedy is taken, and how to take one."""
        fit = _fit(run, at)
        if not run.causes and not run.notes:
            reasons = {
                "healthy": "is healthy",
                "nothing-found": "holds nothing that is wrong",
                "not-judged": "could not be judged",
                "unknown": "could not be judged",
            }
            what = reasons.get(run.status, "has no cause that unstuck knows")
            self.say(f"There is nothing to fix: {fit} {what}.")
            return
        established_ones = [] if everything else established(run)
        if everything and spoken_against(run):
            self.say(f"No remedy for {fit} is left to take.")
        elif everything:
            self.say(f"No cause of {fit} is confirmed, proved or measured, so no remedy is taken.")
        else:
            self.say(f"No remedy for {fit} is confirmed by a trial, so none is taken by default.")
        for choice in established_ones:
            self._paper.write(f"--all takes {_named(choice)}: {flat(choice.remedy.says)}", indent=_INDENT)
        if everything:
            self.spoken_against(run)
        names = remedy_names(run)
        if names:
            self._paper.write(f"--remedy NAME takes one of: {', '.join(names)}.", indent=_INDENT)

    def spoken_against(self, run: RunRecord) -> None:
        """Which remedies are not taken, as their own trials speak against them."""
        for choice in spoken_against(run):
            found = "no effect" if choice.cause.against(choice.remedy) == "no effect" else "a worse training"
            self._paper.write(
                f"Not taken, {_named(choice)}: its trial found {found}.", lead="- ", indent=_INDENT
            )

    def edit(self, composed: Composed, files: Sequence[Edited], beside: Sequence[str] = ()) -> None:
        """What is taken and what is not, what becomes of other fits, then the diff."""
        if composed.taken:
            amount = len(composed.taken)
            self.say("One remedy is taken:" if amount == 1 else f"{amount} remedies are taken:")
        else:
            self.say("No remedy can be written into the script, so nothing is changed.")
        for choice in composed.taken:
            self._paper.write(f"{_named(choice)}: {flat(choice.remedy.says)}", lead="- ", indent=_INDENT)
        for choice, reason in composed.by_hand:
            self._paper.write(f"By hand, {_named(choice)}: {flat(reason)}", lead="- ", indent=_INDENT)
        for choice in composed.later:
            told = f"Later, {_named(choice)}: it changes lines that a remedy above has just changed. "
            told += "Write that one first, then run the script again under unstuck."
            self._paper.write(told, lead="- ", indent=_INDENT)
        for said in beside:
            self._paper.write(flat(said), lead="- ", indent=_INDENT)
        if files:
            self._paper.gap()
        for each in files:
            self._diff(each.diff)

    def _diff(self, diff: str) -> None:
        if not self._console.is_terminal:
            # As it is, so that `patch` can read it.
            self._stream.write(diff)
            return
        for line in clean(diff).rstrip("\n").split("\n"):
            style = "dim" if line.startswith(("---", "+++")) else _SHADES.get(line[:1], "")
            self._paper.verbatim(line, style=style)

    def others(self, numbers: Sequence[int]) -> None:
        """Which other fits have remedies of their own."""
        if numbers:
            told = listing(str(number) for number in numbers)
            fits = (
                f"Fit {told} has remedies of its"
                if len(numbers) == 1
                else f"Fits {told} have remedies of their"
            )
            self.say(f"{fits} own: choose a fit with --run NUMBER.")

    def how_to_write(self) -> None:
        """The diff was only shown."""
        self.say("Nothing was written. --write writes it; --verify runs the edited script first.")

    def running(self, script: str, arguments: Sequence[str]) -> None:
        """The script is about to run for a second time; what it prints follows."""
        self.say(f"the edited script runs: {shlex.join([script, *arguments])}")
        self._stream.flush()

    def comparison(self, comparison: Comparison) -> None:
        """The table of before and after, and what speaks against the edit."""
        rows = comparison.rows
        if rows:
            self.say("the script as it was, and with the edit:")
            widths = [max(map(len, column)) for column in zip(*rows, ("", "before", "after"), strict=True)]
            for row in (("", "before", "after"), *rows):
                cells = (flat(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
                self._paper.verbatim("  ".join(cells).rstrip(), indent=_INDENT)
        if comparison.against:
            self.say(f"The edit is not verified. {comparison.against}")
        else:
            self.say(f"The edit is verified: {_left(comparison.left)}")

    def not_written(self) -> None:
        """--write came to nothing for want of verification."""
        self._paper.write("Nothing was written. --write without --verify would write it.", indent=_INDENT)

    def written(self, files: Sequence[Edited], patches: Sequence[Path]) -> None:
        """What was written, and how to take it back."""
        self.say(f"Written: {listing(path(str(each.path)) for each in files)}. To undo it:")
        for patch in patches:
            self._paper.verbatim(f"unstuck fix --undo {shlex.quote(shown(str(patch)))}", indent=_INDENT)
        self._paper.write(
            "The patch program does the same, in the folder of the file: patch -R -p1 < "
            f"{shlex.quote(patches[0].name)}",
            indent=_INDENT,
        )

    def taken_back(self, file: Path) -> None:
        """The undoing was done."""
        self.say(f"{shown(str(file))} is as it was before the change.")


def _named(choice: Choice) -> str:
    return f"{flat(choice.remedy.name)} (for {flat(choice.cause.rule)}, {choice.cause.certainty})"


def _left(symptoms: Sequence[str]) -> str:
    said = "no cause that is proved or measured is left"
    return f"{said}, though this is still seen: {listing(symptoms)}." if symptoms else f"{said}."


def _fit(run: RunRecord, at: int) -> str:
    where = place(run.fit)
    return f"the fit at {where}" if where else f"fit {at + 1}"
