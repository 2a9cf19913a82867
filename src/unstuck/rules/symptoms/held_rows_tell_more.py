"""Symptom: rows that the program holds tell the targets, and those that fit got hardly."""

from __future__ import annotations

from unstuck.evidence.facts import Reference, Upstream
from unstuck.evidence.scores import skill
from unstuck.judgement.findings import Finding
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.rule import symptom

#: What a network must have learned, as a share of what simple models find in the rows that the program holds,
#: for nothing to be amiss.
_SHARE = 0.4


@symptom("held-rows-tell-more", of=NOTHING_LEARNED)
def held_rows_tell_more(upstream: Upstream, reference: Reference) -> Finding | None:
    """Simple models tell the targets from rows that the program holds far better than the network does.

    The network learned little, and simple models on the same rows find no more: the rows that fit got do not
    tell more. Arrays and tables that the program still holds do, on rows held out. Columns of which nothing
    is seen in the rows that fit got are left out: they may be missing there on purpose.
    """
    if reference.network is None:
        return None
    learned = skill(reference.network, reference.best_trivial[1])
    if learned >= _SHARE * skill(upstream.score, upstream.baseline):
        return None
    return Finding(
        says=f"The network reaches {reference.measure} {reference.network:.3f} on {reference.judged:,} rows; "
        f"{upstream.learner} on {upstream.inputs}, which the program holds, "
        f"{upstream.measure} {upstream.score:.3f}.",
        shows={
            "measure": reference.measure,
            "network": reference.network,
            "held": upstream.inputs,
            "held_measure": upstream.measure,
            "held_score": upstream.score,
            "rows": upstream.rows,
        },
    )


_HELD = Upstream(
    inputs="table", targets="y", measure="R2", learner="nearest neighbours", score=0.9, rows=3000
)
_LITTLE = Reference(measure="R2", network=0.06, trivial=(("always the mean", 0.0),), judged=500)
held_rows_tell_more.fires(_HELD, _LITTLE)
held_rows_tell_more.quiet(_HELD, Reference(measure="R2", network=0.6, trivial=(("always the mean", 0.0),)))
held_rows_tell_more.quiet(_HELD, Reference(trivial=(("always the mean", 0.0),)))
