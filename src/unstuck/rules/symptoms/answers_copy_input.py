"""Symptom: the answers are one of the inputs again."""

from __future__ import annotations

from unstuck.evidence.facts import Inputs, TargetGiven
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import copies
from unstuck.rules.rule import symptom


@symptom("answers-copy-input")
def answers_copy_input(inputs: Inputs) -> Finding | None:
    """One of several inputs is the target itself, and the model's answers copy it.

    In sample rows one id of that input is exchanged for another. Where the answer at this position turns into
    the other id, and the answers before it stay as they are, the model hands on what it is given.
    """
    given = inputs.target_given
    if given is None or not copies(given):
        return None
    which = f"Input {given.name}" if given.name else f"Input number {given.index + 1}"
    return Finding(
        says=f"{which} is the target itself in all {given.rows:,} rows, and the answers copy it: with "
        f"another id at position {given.position + 1}, the answer became it in {given.followed} of "
        f"{given.asked} rows.",
        shows={"rows": given.rows, "followed": given.followed, "asked": given.asked},
    )


_COPIED = TargetGiven(name="decoder", rows=900, steps=6, position=3, asked=100, followed=99)
answers_copy_input.fires(Inputs(target_given=_COPIED))
answers_copy_input.quiet(Inputs(target_given=TargetGiven(rows=900, steps=6)))  # nobody asked the model
answers_copy_input.quiet(Inputs(target_given=TargetGiven(rows=900, steps=6, asked=100, followed=8)))
answers_copy_input.quiet(
    Inputs(target_given=TargetGiven(rows=900, steps=6, asked=100, followed=99, earlier_change=0.1))
)
answers_copy_input.quiet(Inputs())
