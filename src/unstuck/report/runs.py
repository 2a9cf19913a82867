"""How one run is told: the headline, what is seen beside what needs no learning, why, the rest folded."""

from __future__ import annotations

from unstuck.case.schema import RunRecord
from unstuck.report import sentences
from unstuck.report.causes import tell_cause
from unstuck.report.groups import Group
from unstuck.report.paper import Paper
from unstuck.report.proof import tell_proof
from unstuck.report.text import flat, place
from unstuck.report.words import STATUS

_INDENT = 2

#: More notes than this are only named.
_NOTES_TOLD = 4


def tell_run(paper: Paper, group: Group, total: int) -> None:
    """Write one group of like runs. `total` counts the fits of the script."""
    run = group.run
    _tell_headline(paper, group, total)
    if sentences.is_plainly_healthy(run):
        paper.write((sentences.rest_in_one_line(run), "dim"), indent=_INDENT)
        tell_errors(paper, run)
        return
    _tell_seen(paper, run)
    _tell_why(paper, run)
    tell_proof(paper, run)
    _tell_rest(paper, run)


def _tell_headline(paper: Paper, group: Group, total: int) -> None:
    run = group.run
    where = place(run.fit)
    paper.write(
        ("unstuck: ", "bold"),
        sentences.subject(group, total),
        *((" at ", (where, "cyan")) if where else ()),
        ": ",
        (sentences.headline(run), STATUS.get(run.status, ("", ""))[1]),
    )
    others = sentences.same_in(group)
    if others:
        paper.write(others, indent=_INDENT)


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
    if not run.causes and not run.symptoms:
        return
    paper.gap()
    paper.write(("Why, the first to cure on top", "bold"), indent=_INDENT)
    seen = dict.fromkeys(symptom.rule for symptom in run.symptoms)
    for at, cause in enumerate(run.causes, start=1):
        if at > 1:
            paper.gap()
        tell_cause(paper, at, cause, seen)
    left = sentences.unexplained(run)
    if left:
        if run.causes:
            paper.gap()
        paper.write(left, lead="- ", indent=_INDENT + 1)


def _tell_rest(paper: Paper, run: RunRecord) -> None:
    """Notes, what was not checked, what failed inside unstuck, and what it cost."""
    paper.gap()
    if len(run.notes) <= _NOTES_TOLD:
        for note in run.notes:
            paper.cut(f"Note, {sentences.note(note)}", "dim", _INDENT)
    else:
        paper.write((f"{sentences.notes_named(run.notes)}.", "dim"), indent=_INDENT)
    for reason, rules in sentences.unchecked(run).items():
        paper.write((f"Not checked ({reason}): {sentences.shortened(rules)}.", "dim"), indent=_INDENT)
    tell_errors(paper, run)
    paper.write((sentences.cost(run), "dim"), indent=_INDENT)


def tell_errors(paper: Paper, run: RunRecord) -> None:
    """Write what failed inside unstuck."""
    for error in run.errors:
        paper.write(("Errored inside unstuck, ", "yellow"), sentences.failure(error), indent=_INDENT)
