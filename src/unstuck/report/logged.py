"""A Logbook in the terminal: what a printed log alone can tell, and what would decide."""

from __future__ import annotations

import io
import sys
from typing import TextIO

from rich.console import Console

from unstuck.logbook.record import Logbook, LogRecord, SignRecord, SuspectRecord
from unstuck.report.paper import Paper
from unstuck.report.terminal import encodable
from unstuck.report.text import count, flat, listing, place, score, value

_INDENT = 2

#: More curves than this are only named.
_CURVES_TOLD = 8

_CERTAINTY = {
    "measured": "measured: the figures leave no other explanation that unstuck knows",
    "suspected": "suspected",
}


def tell_log(book: Logbook, stream: TextIO | None = None) -> None:
    """Write the report on a stream (standard output if none is given)."""
    _tell(book, Console(file=encodable(stream or sys.stdout), force_jupyter=False))


def render_log(book: Logbook, *, width: int = 80) -> str:
    """The report as plain text."""
    paper = io.StringIO()
    _tell(book, Console(file=paper, width=width, force_jupyter=False, no_color=True, color_system=None))
    return paper.getvalue()


def _tell(book: Logbook, console: Console) -> None:
    paper = Paper(console)
    total = len(book.trainings)
    if book.message:
        paper.write(("unstuck: ", "bold"), flat(book.message))
    for numbers in _alike(book.trainings):
        paper.gap()
        _tell_training(paper, book, numbers, total)
    if any(training.suspects for training in book.trainings):
        paper.gap()
        told = (
            "A log shows figures, not mechanisms. `unstuck run` on the script proves or refutes these causes."
        )
        paper.write((told, "dim"), indent=_INDENT)


def _alike(trainings: list[LogRecord]) -> list[list[int]]:
    """The numbers of the trainings, from 0, those that say the same together."""
    stories: dict[tuple[object, ...], list[int]] = {}
    for number, each in enumerate(trainings):
        story = (each.status, *(sign.sign for sign in each.signs), *(cause.cause for cause in each.suspects))
        stories.setdefault(story, []).append(number)
    return list(stories.values())


def _tell_training(paper: Paper, book: Logbook, numbers: list[int], total: int) -> None:
    training = book.trainings[numbers[0]]
    name = "standard input" if book.log == "-" else flat(book.log)
    which = f"training {numbers[0] + 1} of {total}" if total > 1 else "the training"
    where = f", lines {training.lines[0]} to {training.lines[1]}" if training.lines and total > 1 else ""
    style = {"suspect": "bold yellow", "learns": "green"}.get(training.status, "yellow")
    paper.write(
        ("unstuck: ", "bold"),
        f"{which} in ",
        (f"{name}{where}", "cyan"),
        ": ",
        (flat(training.headline), style),
    )
    if len(numbers) > 1:
        others = listing(str(number + 1) for number in numbers[1:6])
        more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
        paper.write(f"The same in training {others}{more}.", indent=_INDENT)
    _tell_content(paper, training)
    if training.signs:
        paper.gap()
        paper.write(("What the figures say", "bold"), indent=_INDENT)
        for sign in training.signs:
            _tell_sign(paper, sign)
    if training.facts:
        told = "; ".join(f"{name} {_fact(held)}" for name, held in training.facts.items())
        paper.write(("So, from the figures alone: ", "dim"), flat(told) + ".", indent=_INDENT + 1)
    if training.suspects:
        paper.gap()
        _tell_suspects(paper, training)
    for cause, reason in training.excluded.items():
        told = f"The source rules out {flat(cause)}: {flat(reason)}."
        paper.write((told, "dim"), indent=_INDENT)


def _tell_suspects(paper: Paper, training: LogRecord) -> None:
    """The causes; where the source shows some of them, the others only by name."""
    paper.write(("What fits, the likeliest first", "bold"), indent=_INDENT)
    agreed = [suspect for suspect in training.suspects if suspect.where]
    for at, suspect in enumerate(agreed or training.suspects, start=1):
        _tell_suspect(paper, at, suspect, training.suspects[0])
    rest = [suspect.cause for suspect in training.suspects if agreed and not suspect.where]
    if rest:
        paper.write((f"The figures alone would fit as well: {listing(rest)}.", "dim"), indent=_INDENT)


def _fact(held: object) -> str:
    if isinstance(held, list):
        return " and ".join(score(each) if isinstance(each, float) else str(each) for each in held)
    return score(held) if isinstance(held, float) else value(held) or str(held)


def _tell_content(paper: Paper, training: LogRecord) -> None:
    """What the log holds: epochs, first and last figures, and what is missing."""
    epochs = count(training.epochs, "epoch")
    if training.asked and training.asked != training.epochs:
        epochs += f" of {training.asked}"
    counted = f", {training.total:,} {training.unit or 'steps (or rows)'} each" if training.total else ""
    by = f" ({training.style})" if training.style else ""
    moves = [
        f"{flat(name)} {first}" if first == last else f"{flat(name)} {first} to {last}"
        for name, (first, last) in training.printed.items()
    ]
    shown = "; ".join(moves[:_CURVES_TOLD])
    more = f"; {len(moves) - _CURVES_TOLD} more" if len(moves) > _CURVES_TOLD else ""
    told = f"{training.reader}{by}, {epochs}{counted}: "
    paper.write((told, "dim"), shown + more + ".", indent=_INDENT)
    for lack in training.cut:
        paper.write((flat(lack), "dim"), indent=_INDENT)


def _tell_sign(paper: Paper, sign: SignRecord) -> None:
    output = f'Output "{flat(sign.output)}": ' if sign.output else ""
    paper.write(output + flat(sign.says), (f" [{sign.sign}]", "dim"), lead="- ", indent=_INDENT + 1)


def _tell_suspect(paper: Paper, number: int, suspect: SuspectRecord, first: SuspectRecord) -> None:
    """One cause: what it is, what speaks for it, and what would decide."""
    output = f' of output "{flat(suspect.output)}"' if suspect.output else ""
    lead = f"{number}. ".rjust(_INDENT + 3)
    certainty = (f" ({_CERTAINTY[suspect.certainty]})", "dim")
    where = place(suspect.where)
    at = (" at ", "") if where else ("", "")
    paper.write((flat(suspect.cause), "bold"), output, at, (where, "cyan"), certainty, lead=lead)
    indent = len(lead)
    same = suspect is not first and suspect.because == first.because
    because = "" if same else " " + " ".join(suspect.because)
    paper.write(flat(suspect.what + because), indent=indent)
    if suspect.where:
        agree = "The source has it at this line, and the figures are those that it gives: both agree."
        paper.write(agree, indent=indent)
    else:
        paper.write(("To decide: ", "bold green"), flat(suspect.decides), indent=indent)
