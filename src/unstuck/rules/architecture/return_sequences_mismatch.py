"""The rule return-sequences-mismatch."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Layer, Loss, Model, Pairing
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "return-sequences-mismatch",
    certainty="measured",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE),
    blames=("return_sequences",),
)
def return_sequences_mismatch(pairing: Pairing, model: Model, loss: Loss) -> Finding | None:
    """The last recurrent layer hands on every step, where each row has one target.

    Why it looks stuck: with `return_sequences=True` the network answers at every step of the series. A row
    with one target then teaches the answer of the first step, which has seen one value, the same number as
    that of the last, which has seen all: the loss is mostly that of steps that cannot know.

    How it is proved: the shapes of one batch of answers and targets, where the answers have the steps of the
    series as an axis that the targets lack.

    What to do: leave return_sequences out in the last recurrent layer (a layer before another recurrent one
    keeps it).

    What decides: Print model.predict(x[:2]).shape and y[:2].shape.
    """
    recurrent = [each for each in model.layers if each.return_sequences is not None]
    targets, answers = pairing.targets[1:], pairing.answers[1:]
    if not recurrent or not recurrent[-1].return_sequences or len(answers) < 2 or not pairing.targets:
        return None
    if (
        loss.custom
        or not loss.is_regression
        or answers[0] < 2
        or math.prod(targets) * answers[0] != math.prod(answers)
    ):
        return None
    last = recurrent[-1]
    return Finding(
        says=f"{last.name or last.kind} has return_sequences=True, so the network answers at each of "
        f"{answers[0]:,} steps (shape {answers}), and a row has one target (shape {targets}): every step is "
        "taught it, those too that have seen hardly anything of the series.",
        shows={"steps": answers[0], "targets": list(targets), "answers": list(answers)},
        where=last.place,
        remedies=(propose("advise", text="Leave return_sequences=True out in the last recurrent layer."),),
    )


_ALL_STEPS = Pairing(targets=(32, 1), answers=(32, 30, 1))
_SQUARED = Loss(name="mean_squared_error")
_LAYER = Layer(kind="GRU", name="gru", return_sequences=True)
return_sequences_mismatch.fires(_ALL_STEPS, Model(layers=(_LAYER, Layer())), _SQUARED)
return_sequences_mismatch.quiet(Pairing(targets=(32, 1), answers=(32, 1)), Model(layers=(_LAYER,)), _SQUARED)
return_sequences_mismatch.quiet(
    Pairing(targets=(32, 30), answers=(32, 30, 1)), Model(layers=(_LAYER,)), _SQUARED
)
return_sequences_mismatch.quiet(_ALL_STEPS, Model(layers=(Layer(kind="Conv1D"),)), _SQUARED)
