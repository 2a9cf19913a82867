"""How one run is told: the first lines, and with `verbose` the evidence and all the rest behind them."""

from __future__ import annotations

from unstuck.case.schema import RunRecord
from unstuck.report import sentences
from unstuck.report.causes import tell_cause
from unstuck.report.changes import FileChange
from unstuck.report.early import told_early
from unstuck.report.groups import Group
from unstuck.report.paper import Paper
from unstuck.report.proof import tell_proof
from unstuck.report.short import ShortReport
from unstuck.report.text import count, flat, listing, naming, place
from unstuck.report.words import STATUS

_INDENT = 2

#: Changed lines that the first lines hold; a longer change is shown whole behind them.
_MOST_LINES = 12

_SHADES = {"+": "green", "-": "red"}


def tell_run(paper: Paper, group: Group, total: int, *, verbose: bool = False) -> None:
    """Write one group of like runs. `total` counts the fits of the script."""
    run = group.run
    told = ShortReport.of(run)
    _tell_headline(paper, group, total, told)
    tell_answer(paper, told, whole=verbose)
    if verbose:
        tell_evidence(paper, run)
        return
    _tell_early(paper, run, whole=False)
    if sentences.is_plainly_healthy(run):
        paper.write((sentences.rest_in_one_line(run), "dim"), indent=_INDENT)
    tell_errors(paper, run, whole=False)


def tell_evidence(paper: Paper, run: RunRecord) -> None:
    """Write what the first lines leave out: what is seen, each cause in full, what was tried, the rest."""
    _tell_seen(paper, run)
    _tell_why(paper, run)
    tell_proof(paper, run)
    _tell_rest(paper, run)


def tell_evidence_of(paper: Paper, group: Group, total: int) -> None:
    """Write the evidence of one group of like runs, where its first lines stand further above."""
    where = place(group.run.fit)
    paper.gap()
    at = (" at ", (where, "cyan")) if where else ()
    paper.write(("unstuck: ", "bold"), "the evidence of ", sentences.subject(group, total), *at)
    tell_evidence(paper, group.run)


def tell_proven(paper: Paper, before: RunRecord, after: RunRecord, which: str) -> None:
    """Write what the trials came to; the answer again only where they changed it."""
    old, new = ShortReport.of(before), ShortReport.of(after)
    paper.gap()
    if new.cause is None or (old.cause and old.cause.rule, old.files) != (new.cause.rule, new.files):
        paper.write(("unstuck: ", "bold"), which, sentences.opening(after))
        tell_answer(paper, new)
        return
    where = place(new.cause.where)
    at = (" at ", (where, "cyan")) if where else ()
    sure = f"{new.sure}: " if new.sure != old.sure else ""
    named = [(sure, "bold"), (flat(new.cause.rule), "bold"), *at] if sure else []
    paper.write(("unstuck: ", "bold"), which, *named, "." if named else "", "" if named else new.tried)
    if named:
        paper.write(new.tried, indent=_INDENT)


def _tell_headline(paper: Paper, group: Group, total: int, told: ShortReport) -> None:
    """What became of the training, in words and in the figures of its log."""
    run = group.run
    where = place(run.fit)
    paper.write(
        ("unstuck: ", "bold"),
        sentences.subject(group, total),
        *((" at ", (where, "cyan")) if where else ()),
        ": ",
        (sentences.opening(run), STATUS.get(run.status, ("", ""))[1]),
        "" if sentences.is_plainly_healthy(run) else f" {told.figures}",
        following=_INDENT,
    )
    others = sentences.same_in(group)
    if others:
        paper.write(others, indent=_INDENT)


def tell_answer(paper: Paper, told: ShortReport, *, whole: bool = False) -> None:
    """Write why, what to change and what trying it showed.

    `whole` is where all of it follows: a long change is not cut off, and further causes are not named here.
    """
    if told.cause is not None:
        paper.write((f"{told.sure}: ", "bold"), *naming(told.cause), indent=_INDENT)
        paper.write(told.says, indent=_INDENT)
    for seen in told.seen:
        paper.write(seen, lead="- ", indent=_INDENT)
    _tell_change(paper, told, whole=whole)
    if told.tried:
        paper.write(told.tried, indent=_INDENT)
    for number, line in enumerate(() if whole else told.further, start=2):
        paper.cut(f"{number}. {line}", indent=_INDENT)
    if told.left:
        paper.write(told.left, indent=_INDENT)


def _tell_change(paper: Paper, told: ShortReport, *, whole: bool) -> None:
    verb = "Try in " if told.cause is not None and told.cause.certainty == "suspected" else "Change "
    room = len([line for each in told.files for line in each.lines]) if whole else _MOST_LINES
    for at, change in enumerate(told.files):
        named = f" ({', '.join(told.remedies)})" if at == 0 and told.remedies else ""
        paper.write((verb, "bold green"), (change.name or "it", "cyan"), f"{named}:", indent=_INDENT)
        room -= _tell_lines(paper, change, room)
    for beside in told.beside:
        paper.write(beside, indent=_INDENT)
    for advice in told.advice:
        paper.write(("Do: ", "bold green"), advice, indent=_INDENT)


def _tell_lines(paper: Paper, change: FileChange, room: int) -> int:
    """Write the changed lines, as many as there is room for; how many they were."""
    for line in change.lines[: max(room, 0)]:
        number = "" if line.number is None else str(line.number)
        paper.verbatim(f"{number:>5} {line.sign} {line.text}", style=_SHADES[line.sign], indent=_INDENT)
    left = len(change.lines) - max(room, 0)
    if left > 0:
        paper.write((f"{count(left, 'more line')} of this change with -v", "dim"), indent=_INDENT + 8)
    return len(change.lines)


def _tell_seen(paper: Paper, run: RunRecord) -> None:
    """Symptoms, with the curve's ends and what trivial answers reach above them."""
    if not (run.symptoms or run.curves or run.baselines):
        return
    paper.gap()
    paper.write(("What is seen", "bold"), indent=_INDENT)
    for label, text in sentences.moves(run):
        paper.write((label, "dim"), text, indent=_INDENT + 1)
    for symptom in run.symptoms:
        paper.write(
            sentences.symptom(symptom), (f" [{flat(symptom.rule)}]", "dim"), lead="- ", indent=_INDENT + 1
        )


def _tell_why(paper: Paper, run: RunRecord) -> None:
    if not run.causes:
        return
    paper.gap()
    paper.write(("Why, the first to cure on top", "bold"), indent=_INDENT)
    seen = dict.fromkeys(symptom.rule for symptom in run.symptoms)
    shown = ShortReport.of(run).remedies
    for at, cause in enumerate(run.causes, start=1):
        if at > 1:
            paper.gap()
        tell_cause(paper, at, cause, seen, shown)


def _tell_rest(paper: Paper, run: RunRecord) -> None:
    """What was told early, notes, what was not checked, what failed inside unstuck, and what it cost."""
    paper.gap()
    _tell_early(paper, run)
    for note in run.notes:
        paper.write((f"Note, {sentences.note(note)}", "dim"), indent=_INDENT)
    for reason, rules in sentences.unchecked(run).items():
        paper.write((f"Not checked ({reason}): {listing(rules)}.", "dim"), indent=_INDENT)
    tell_errors(paper, run)
    paper.write((sentences.cost(run), "dim"), indent=_INDENT)


def _tell_early(paper: Paper, run: RunRecord, *, whole: bool = True) -> None:
    for line in told_early(run, whole=whole):
        paper.write((line, "dim"), indent=_INDENT)


def tell_errors(paper: Paper, run: RunRecord, *, whole: bool = True) -> None:
    """Write what failed inside unstuck; not `whole` only the first, in a line."""
    for error in run.errors if whole else run.errors[:1]:
        paper.write(("Errored inside unstuck, ", "yellow"), sentences.failure(error), indent=_INDENT)
