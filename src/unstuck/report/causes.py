"""How a cause is told in full: where, how sure, the arithmetic, what it explains, its remedies."""

from __future__ import annotations

from collections.abc import Collection

from unstuck.case.schema import CauseRecord
from unstuck.report.paper import Paper
from unstuck.report.sentences import bidding, bounds, explained, grade
from unstuck.report.text import clean, flat, naming, way

_INDENT = 5


def tell_cause(
    paper: Paper, number: int, cause: CauseRecord, seen: Collection[str], shown: Collection[str] = ()
) -> None:
    """Write one cause with its first remedy in full and the others as a line each.

    `seen` names the symptoms told above it, `shown` the remedies whose diff was.
    """
    paper.write(*naming(cause), lead=f"{number}. ".rjust(_INDENT))
    paper.write((grade(cause), "dim"), indent=_INDENT)
    paper.write(flat(cause.says), indent=_INDENT)
    if came := way(cause.where):
        paper.write(("Came through: ", "dim"), came + ".", indent=_INDENT)
    held = bounds(cause)
    if held:
        paper.write(("Held against: ", "dim"), held, indent=_INDENT)
    if cause.explains:
        paper.write(("Explains: ", "dim"), explained(cause, seen) + ".", indent=_INDENT)
    for trial in cause.trials:
        paper.write(("Trial: ", "dim"), flat(trial.says), indent=_INDENT)
    _tell_remedies(paper, cause, shown)


def _tell_remedies(paper: Paper, cause: CauseRecord, shown: Collection[str]) -> None:
    for at, remedy in enumerate(cause.remedies):
        against = cause.against(remedy)
        style = "dim" if against else "bold green"
        named = (f" [{flat(remedy.name)}]", "dim")
        paper.write((f"{bidding(cause, at)}: ", style), flat(remedy.says), named, indent=_INDENT)
        if at == 0 and remedy.diff and not against and remedy.name not in shown:
            paper.gap()
            for line in clean(remedy.diff).rstrip().splitlines():
                paper.verbatim(line, style=_shade(line), indent=_INDENT + 2)
            if len(cause.remedies) > 1:
                paper.gap()


def _shade(line: str) -> str:
    """The style of one line of a unified diff."""
    if line.startswith(("---", "+++")):
        return "dim"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
