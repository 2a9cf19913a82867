"""How a training that was read off a log is told: what its figures say, and what would decide."""

from __future__ import annotations

from collections.abc import Sequence

from unstuck.case.schema import CauseRecord, LoggedRecord, RunRecord, SymptomRecord
from unstuck.report.groups import Group
from unstuck.report.paper import Paper
from unstuck.report.runs import tell_errors
from unstuck.report.sentences import LIMITS, headline, name_of_log
from unstuck.report.text import count, flat, listing, naming, score, value

_INDENT = 2

#: More curves than this are only named.
_CURVES_TOLD = 8

_CERTAINTY = {
    "measured": "measured: the figures leave no other explanation that unstuck knows",
    "suspected": "suspected",
}


def tell_logged(paper: Paper, group: Group, total: int) -> None:
    """Write one group of like trainings of a log. `total` counts all of them."""
    run, logged = group.run, group.run.logged
    if logged is None:
        return
    which = f"training {group.numbers[0]} of {total}" if total > 1 else "the training"
    where = f", lines {logged.lines[0]} to {logged.lines[1]}" if logged.lines and total > 1 else ""
    paper.write(
        ("unstuck: ", "bold"),
        f"{which} in ",
        (f"{name_of_log(logged)}{where}", "cyan"),
        ": ",
        (headline(run), _style(run)),
    )
    if len(group.numbers) > 1:
        others = listing(str(number) for number in group.numbers[1:6])
        more = f" and {len(group.numbers) - 6} more" if len(group.numbers) > 6 else ""
        paper.write(f"The same in training {others}{more}.", indent=_INDENT)
    _tell_content(paper, logged)
    if run.symptoms:
        paper.gap()
        paper.write(("What the figures say", "bold"), indent=_INDENT)
        for sign in run.symptoms:
            _tell_sign(paper, sign)
    if logged.facts:
        told = "; ".join(f"{name} {_fact(held)}" for name, held in logged.facts.items())
        paper.write(("So, from the figures alone: ", "dim"), flat(told) + ".", indent=_INDENT + 1)
    if run.causes:
        paper.gap()
        _tell_suspects(paper, run.causes)
    for cause, reason in logged.excluded.items():
        told = f"The source rules out {flat(cause)}: {flat(reason)}."
        paper.write((told, "dim"), indent=_INDENT)
    tell_errors(paper, run)


def tell_limits(paper: Paper) -> None:
    """Write what a log cannot show, once below all of its trainings."""
    paper.gap()
    paper.write((LIMITS, "dim"), indent=_INDENT)


def _style(run: RunRecord) -> str:
    return "bold yellow" if run.causes else "green" if run.status == "nothing-found" else "yellow"


def _tell_suspects(paper: Paper, causes: Sequence[CauseRecord]) -> None:
    """The causes; where the source shows some of them, the others only by name."""
    paper.write(("What fits, the likeliest first", "bold"), indent=_INDENT)
    agreed = [cause for cause in causes if cause.where]
    for at, cause in enumerate(agreed or causes, start=1):
        _tell_suspect(paper, at, cause, causes[0])
    rest = [cause.rule for cause in causes if agreed and not cause.where]
    if rest:
        paper.write((f"The figures alone would fit as well: {listing(rest)}.", "dim"), indent=_INDENT)


def _fact(held: object) -> str:
    if isinstance(held, list):
        return " and ".join(score(each) if isinstance(each, float) else str(each) for each in held)
    return score(held) if isinstance(held, float) else value(held) or str(held)


def _tell_content(paper: Paper, training: LoggedRecord) -> None:
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


def _tell_sign(paper: Paper, sign: SymptomRecord) -> None:
    output = f'Output "{flat(sign.output)}": ' if sign.output else ""
    paper.write(output + flat(sign.says), (f" [{flat(sign.rule)}]", "dim"), lead="- ", indent=_INDENT + 1)


def _tell_suspect(paper: Paper, number: int, cause: CauseRecord, first: CauseRecord) -> None:
    """One cause: what it is, what speaks for it, and what would decide."""
    lead = f"{number}. ".rjust(_INDENT + 3)
    certainty = (f" ({_CERTAINTY.get(cause.certainty, cause.certainty)})", "dim")
    paper.write(*naming(cause), certainty, lead=lead)
    indent = len(lead)
    same = cause is not first and cause.because == first.because
    paper.write(flat(cause.says if same else f"{cause.says} {cause.because}"), indent=indent)
    if cause.where:
        agree = "The source has it at this line, and the figures are those that it gives: both agree."
        paper.write(agree, indent=indent)
    else:
        paper.write(("To decide: ", "bold green"), flat(cause.decides), indent=indent)
