"""The rule target-broadcasts-against-output."""

from __future__ import annotations

import math
from dataclasses import replace

from unstuck.evidence.facts import Fit, Pairing, Predictions
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.pairs import ROUNDING, ignores_rows
from unstuck.rules.rule import cause

_WHOSE = {"train_step": "the model's own train_step", "compute_loss": "the model's own compute_loss"}


@cause(
    "target-broadcasts-against-output",
    certainty="proved",
    impact="blocks",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "loss-ignores-rows"),
)
def target_broadcasts_against_output(
    pairing: Pairing, predictions: Predictions | None, fit: Fit | None
) -> Finding | None:
    """The loss compares every target with the answers of all rows.

    Why it looks stuck: targets of shape (n,) and answers of shape (n, 1) broadcast to (n, n). Whatever row a
    target belongs to, it is compared with all answers, so that the mean of the targets is the best answer to
    every row: under a squared error the loss ends at Var(y).

    How it is proved: the loss of one batch is asked for again with its targets given to other rows. It stays
    the same, and it is the mean (or the sum) of the losses over all pairings; with the targets in the
    answers' shape it is another for each. A loss of your own may flatten one of the two itself: it is
    then asked about made-up answers that all differ.

    What to do: give the targets the shape of the answers, or drop the answers' last axis.

    What decides: Print y.shape and predict(x).shape; (n,) against (n, 1) in a loss of one's own says yes.
    """
    if not ignores_rows(pairing, predictions):
        return None
    targets, answers = (_written(shape) for shape in (pairing.targets, pairing.answers))
    whose = _WHOSE.get(pairing.asked, "the loss")
    meet = f"In {whose} targets of shape {targets} meet answers of shape {answers}"
    rows = "sample rows"
    if pairing.in_any_shape:
        meet = "The loss brings one of targets and answers into another shape, and not both"
        rows = "targets with made-up answers"
    return Finding(
        says=f"{meet}: every target is compared with the answers of all rows in its batch. The loss of "
        f"{pairing.targets[0]} {rows} is {pairing.as_given:.4g}, whichever row gets which target; "
        f"{pairing.all_pairs:.4g} is the mean of all pairs. The best answer to every row is then "
        "the mean of the targets.",
        shows={
            "loss_as_given": pairing.as_given,
            "loss_dealt_anew": pairing.dealt,
            "loss_of_all_pairs": pairing.all_pairs,
            "loss_in_the_answers_shape": pairing.paired,
        },
        where=pairing.place or (fit.place if fit is not None else None),
        certainty=None if _is_all_pairs(pairing) else Certainty.MEASURED,
        remedies=(
            *(() if pairing.in_any_shape else (propose("column-targets", at=fit.place if fit else None),)),
            propose(
                "advise",
                at=pairing.place,
                text="Give targets and answers one shape in this line: reshape the targets, "
                "keras.ops.reshape(y, keras.ops.shape(y_pred)).",
            ),
        ),
    )


def _is_all_pairs(pairing: Pairing) -> bool:
    """Whether the loss is the mean over all pairs, or their sum, to rounding.

    Where it is so in any shape, the line that makes all pairs has to be seen, too: a mean of y - p
    pairs nothing either.
    """
    if pairing.in_any_shape and pairing.place is None:
        return False
    sizes = (pairing.all_pairs, pairing.all_pairs * pairing.targets[0])
    return any(math.isclose(pairing.as_given, each, rel_tol=ROUNDING) for each in sizes)


def _written(shape: tuple[int, ...]) -> str:
    """A batch's shape with n for its rows."""
    return f"(n, {', '.join(map(str, shape[1:]))})" if len(shape) > 1 else "(n,)"


_BROADCAST = Pairing(
    targets=(17,),
    answers=(17, 1),
    as_given=5.31,
    dealt=5.31,
    reversed=5.31,
    paired=4.9,
    lowest=4.6,
    highest=6.2,
    all_pairs=5.31,
)
target_broadcasts_against_output.fires(_BROADCAST)
target_broadcasts_against_output.fires(replace(_BROADCAST, all_pairs=4.0))  # a root of a mean: measured
target_broadcasts_against_output.quiet(
    replace(_BROADCAST, dealt=6.2)
)  # the loss sets the shapes right itself
target_broadcasts_against_output.quiet(replace(_BROADCAST, highest=4.6))  # a loss of whole batches
_INSIDE = replace(_BROADCAST, targets=(17, 1), paired=math.nan, in_any_shape=True)
target_broadcasts_against_output.fires(_INSIDE)
target_broadcasts_against_output.quiet(replace(_INSIDE, all_pairs=4.0))  # of two means: no mean over pairs
target_broadcasts_against_output.quiet(_BROADCAST, Predictions(r2=0.9))
target_broadcasts_against_output.quiet(Pairing(targets=(17, 1), answers=(17, 1)))
