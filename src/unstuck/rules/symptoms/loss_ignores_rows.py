"""Symptom: the loss is the same whichever row a target belongs to."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Pairing, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.pairs import ignores_rows
from unstuck.rules.rule import symptom


@symptom("loss-ignores-rows")
def loss_ignores_rows(pairing: Pairing, predictions: Predictions | None) -> Finding | None:
    """The loss of a batch does not change when its targets are given to other rows.

    Asked where targets and answers have other shapes, such as (n,) and (n, 1): with the targets in the
    answers' shape the loss differs from one order of them to the next, as given it does not.
    """
    if not ignores_rows(pairing, predictions):
        return None
    return Finding(
        says=f"The loss of {pairing.targets[0]} sample rows is {pairing.as_given:.4g}, and it stays "
        f"{pairing.reversed:.4g} with their targets given to other rows: it cannot tell right answers from "
        "wrong ones.",
        shows={"loss": pairing.as_given, "dealt_anew": pairing.dealt, "reversed": pairing.reversed},
    )


_BLIND = Pairing(
    targets=(17,), as_given=2.0, dealt=2.0, reversed=2.0, paired=1.9, lowest=1.8, highest=2.3, all_pairs=2.0
)
loss_ignores_rows.fires(_BLIND)
loss_ignores_rows.quiet(_BLIND, Predictions(r2=0.9))
loss_ignores_rows.quiet(replace(_BLIND, paired=_BLIND.as_given))  # two kinds of answers, dealt anew alike
loss_ignores_rows.quiet(Pairing(targets=(17, 1), answers=(17, 1)))
