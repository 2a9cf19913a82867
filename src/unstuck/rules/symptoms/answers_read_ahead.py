"""Symptom: answers depend on what they are to foretell."""

from __future__ import annotations

from unstuck.evidence.facts import Inputs, NextGiven
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import reads_ahead
from unstuck.rules.rule import symptom


@symptom("answers-read-ahead")
def answers_read_ahead(inputs: Inputs) -> Finding | None:
    """Each step is to foretell the next id of an input, and the answers depend on ids that come later.

    In sample rows one id of that input is exchanged for another. The answers at earlier steps, which are to
    foretell it or those before it, change with it.
    """
    ahead = inputs.next_given
    if ahead is None or not reads_ahead(ahead):
        return None
    return Finding(
        says=f"The target of each step is the next id of the input, and answers depend on ids to come: with "
        f"another id at position {ahead.position + 1}, answers before it changed in {ahead.changed} of "
        f"{ahead.asked} rows, by up to {ahead.largest_change:.2g}.",
        shows={"rows": ahead.rows, "changed": ahead.changed, "asked": ahead.asked},
    )


_AHEAD = NextGiven(rows=2500, steps=6, position=3, asked=100, changed=100, largest_change=2.0)
answers_read_ahead.fires(Inputs(next_given=_AHEAD))
answers_read_ahead.quiet(Inputs(next_given=NextGiven(rows=2500, steps=6, position=3, asked=100)))
answers_read_ahead.quiet(Inputs())
