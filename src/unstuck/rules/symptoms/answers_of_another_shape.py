"""Symptom: the network answers more numbers for each row than the row has targets."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Loss, Pairing
from unstuck.judgement.findings import Finding
from unstuck.rules.families import LEARNS_LITTLE
from unstuck.rules.rule import symptom


@symptom("answers-of-another-shape", of=LEARNS_LITTLE)
def answers_of_another_shape(pairing: Pairing, loss: Loss) -> Finding | None:
    """Each row has fewer targets than the network answers numbers, and the loss compares all of them.

    A squared or absolute error of unlike shapes raises no error: it repeats the target along the axis that it
    lacks, so that every one of the answers is taught the same number.
    """
    targets, answers = pairing.targets[1:], pairing.answers[1:]
    if loss.custom or not loss.is_regression or not pairing.answers or not pairing.targets:
        return None
    if len(answers) < 2 or math.prod(targets) >= math.prod(answers) or math.prod(targets) < 1:
        return None
    return Finding(
        says=f"The network answers {math.prod(answers):,} numbers for each row (shape {answers}), and a row "
        f"has {math.prod(targets):,} (shape {targets}): {loss.name} repeats the target and teaches it to all "
        "of them.",
        shows={"targets": list(targets), "answers": list(answers)},
    )


_ALL_STEPS = Pairing(targets=(32, 1), answers=(32, 30, 1))
answers_of_another_shape.fires(_ALL_STEPS, Loss(name="mean_squared_error"))
answers_of_another_shape.quiet(Pairing(targets=(32, 1), answers=(32, 1)), Loss(name="mean_squared_error"))
answers_of_another_shape.quiet(
    Pairing(targets=(32, 30), answers=(32, 30, 1)), Loss(name="mean_squared_error")
)
answers_of_another_shape.quiet(_ALL_STEPS, Loss(name="own", custom=True))
answers_of_another_shape.quiet(Pairing(), Loss(name="mean_squared_error"))
