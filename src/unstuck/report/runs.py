"""How one run is told: the headline, what is seen beside what needs no learning, why, the rest folded."""

from __future__ import annotations

from unstuck.case import RunRecord
from unstuck.report.causes import tell_cause
from unstuck.report.groups import Group
from unstuck.report.paper import Paper
from unstuck.report.proof import tell_proof
from unstuck.report.text import count, first_sentence, flat, listing, place, score, seconds
from unstuck.report.words import BASELINE, BEST_LOSS, OF_NUMBERS, STATUS

_INDENT = 2

#: More notes than this are only named.
_NOTES_TOLD = 4

#: More rules than this under one reason are counted.
_NAMES_TOLD = 4


def tell_run(paper: Paper, group: Group, total: int) -> None:
    """Write one group of like runs. `total` counts the fits of the script."""
    run = group.run
    _tell_headline(paper, group, total)
    if run.status == "healthy" and not run.causes and not run.symptoms:
        paper.write((_rest_in_one_line(run), "dim"), indent=_INDENT)
        _tell_errors(paper, run)
        return
    _tell_seen(paper, run)
    _tell_why(paper, run)
    tell_proof(paper, run)
    _tell_rest(paper, run)


def _tell_headline(paper: Paper, group: Group, total: int) -> None:
    run = group.run
    plain, style = STATUS.get(run.status, (run.status, ""))
    where = place(run.fit)
    subject = (f"fit {group.numbers[0]} of {total}" if total > 1 else "fit") if run.fit else "model"
    paper.write(
        ("unstuck: ", "bold"),
        subject,
        *((" at ", (where, "cyan")) if where else ()),
        ": ",
        (flat(run.headline) or f"{plain}.", style),
    )
    if len(group.numbers) > 1:
        told = f"The same in {group.others}; what follows is fit {group.numbers[0]}."
        paper.write(told, indent=_INDENT)


def _tell_seen(paper: Paper, run: RunRecord) -> None:
    """Symptoms, with the curve's ends and what trivial answers reach above them."""
    if not (run.symptoms or run.curves or run.baselines):
        return
    paper.gap()
    paper.write(("What is seen", "bold"), indent=_INDENT)
    for output, curves in run.curves.items():
        moves = [
            f"{flat(name)} {_move(values)}"
            for name, values in sorted(curves.items(), key=_curve_order)
            if values
        ]
        if moves:
            label = f"in {count(max(len(values) for values in curves.values()), 'epoch')}: "
            paper.write((_headed(output, label), "dim"), "; ".join(moves) + ".", indent=_INDENT + 1)
    for output, table in run.baselines.items():
        trivial = _trivial(table)
        if trivial:
            label = _headed(output, "without learning: ")
            paper.write((label, "dim"), trivial + ".", indent=_INDENT + 1)
    for symptom in run.symptoms:
        paper.write(
            _headed(symptom.output, ": ") + flat(symptom.says),
            (f" [{flat(symptom.rule)}]", "dim"),
            lead="- ",
            indent=_INDENT + 1,
        )


def _curve_order(curve: tuple[str, list[float | None]]) -> tuple[bool, bool]:
    """Training before validation, the loss before the metrics."""
    name = curve[0]
    return name.startswith("val_"), not name.endswith("loss")


def _headed(output: str, label: str) -> str:
    """The label of a line, headed by the name of the output where there are several."""
    if not output:
        return "" if label == ": " else label[:1].upper() + label[1:]
    return f'Output "{flat(output)}"{label if label == ": " else " " + label}'


def _move(values: list[float | None]) -> str:
    """First and last value of a curve."""
    told = [score(value) for value in values]
    if len(told) == 1:
        return told[0]
    return f"{told[0]} throughout" if len(set(told)) == 1 else f"{told[0]} to {told[-1]}"


def _trivial(table: dict[str, float | None]) -> str:
    """The baselines in words; errors of numbers only where there are no classes."""
    known = {name: figure for name, figure in table.items() if figure is not None}
    loss = next((name for name in BEST_LOSS if name in known), None)
    told: dict[str, str] = {}
    for name, words in BASELINE.items():
        skipped = (name in BEST_LOSS and name != loss) or (name in OF_NUMBERS and "majority" in known)
        if name in known and not skipped:
            # Under a squared error the best constant answer is the mean: one figure, told once.
            told.setdefault(score(known[name]), words.format(score(known[name])))
    return "; ".join(told.values())


def _tell_why(paper: Paper, run: RunRecord) -> None:
    if not run.causes and not run.symptoms:
        return
    paper.gap()
    paper.write(("Why, the first to cure on top", "bold"), indent=_INDENT)
    seen = dict.fromkeys(symptom.rule for symptom in run.symptoms)
    for at, cause in enumerate(run.causes, start=1):
        if at > 1:
            paper.gap()
        tell_cause(paper, at, cause, seen)
    explained = {rule for cause in run.causes for rule in cause.explains}
    unexplained = [rule for rule in seen if rule not in explained]
    if not run.causes:
        paper.write("No cause that unstuck knows was found.", lead="- ", indent=_INDENT + 1)
    elif unexplained:
        paper.gap()
        told = f"No cause found for: {listing(unexplained)}."
        paper.write(told, lead="- ", indent=_INDENT + 1)


def _tell_rest(paper: Paper, run: RunRecord) -> None:
    """Notes, what was not checked, what failed inside unstuck, and what it cost."""
    paper.gap()
    if len(run.notes) <= _NOTES_TOLD:
        for note in run.notes:
            where = f" at {place(note.where)}" if note.where else ""
            because = f" ({flat(note.because).rstrip('.')})" if note.because else ""
            paper.cut(f"Note, {flat(note.rule)}{where}: {first_sentence(note.says)}{because}", "dim", _INDENT)
    else:
        names = listing(dict.fromkeys(note.rule for note in run.notes))
        paper.write((f"{count(len(run.notes), 'note')}: {names}.", "dim"), indent=_INDENT)
    reasons: dict[str, list[str]] = {}
    for unchecked in run.not_checked:
        reasons.setdefault(flat(unchecked.reason).rstrip("."), []).append(unchecked.rule)
    for reason, rules in reasons.items():
        paper.write((f"Not checked ({reason}): {_shortened(rules)}.", "dim"), indent=_INDENT)
    _tell_errors(paper, run)
    paper.write((_cost(run), "dim"), indent=_INDENT)


def _shortened(names: list[str]) -> str:
    """A list of names, the tail of a long one counted."""
    if len(names) <= _NAMES_TOLD:
        return listing(names)
    return listing([*names[: _NAMES_TOLD - 1], f"{len(names) - _NAMES_TOLD + 1} more"])


def _tell_errors(paper: Paper, run: RunRecord) -> None:
    for error in run.errors:
        told = f"{flat(error.where)}: {flat(error.error)}"
        paper.write(("Errored inside unstuck, ", "yellow"), told, indent=_INDENT)


def _cost(run: RunRecord) -> str:
    cost = run.cost
    spent = cost.examination_seconds
    examined = f"examination {seconds(spent)}" if spent else "no examination"
    if not cost.fit_seconds:
        return f"Cost: {examined}."
    watched = f"watching {seconds(cost.watch_seconds)} of a fit of {seconds(cost.fit_seconds)}"
    return f"Cost: {watched}, {examined}."


def _rest_in_one_line(run: RunRecord) -> str:
    """A healthy run's second line."""
    parts = []
    if run.notes:
        names = listing(dict.fromkeys(note.rule for note in run.notes))
        parts.append(f"{count(len(run.notes), 'note')}: {names}")
    if run.not_checked:
        parts.append(f"{count(len(run.not_checked), 'rule')} not checked")
    parts.append(_cost(run).removeprefix("Cost: ").rstrip("."))
    told = "; ".join(parts) + "."
    return told[:1].upper() + told[1:]
