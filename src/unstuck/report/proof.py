"""How the proof is told: what was asked, what was refuted, what it came to."""

from __future__ import annotations

from unstuck.case.schema import RunRecord
from unstuck.report.paper import Paper
from unstuck.report.sentences import outcome, refuted
from unstuck.report.text import flat

_INDENT = 2


def tell_proof(paper: Paper, run: RunRecord) -> None:
    """Write the proof of one run, nothing where none was tried."""
    proof = run.proof
    if proof is None:
        return
    paper.gap()
    paper.write(("What was tried", "bold"), indent=_INDENT)
    paper.write(outcome(proof), lead="- ", indent=_INDENT + 1)
    if proof.together is not None:
        paper.write(("All together: ", "bold"), flat(proof.together.says), lead="- ", indent=_INDENT + 1)
    for experiment in run.experiments:
        paper.write(
            flat(experiment.says), (f" [{flat(experiment.name)}]", "dim"), lead="- ", indent=_INDENT + 1
        )
    for cause in run.refuted:
        paper.write(("Refuted: ", "bold"), refuted(cause), lead="- ", indent=_INDENT + 1)
