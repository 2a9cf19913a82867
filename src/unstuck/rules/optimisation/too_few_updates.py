"""Cause: training ended before it began to show."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Baselines, Curve, Fit, Loss, Optimizer, Predictions, Reference, Versus
from unstuck.evidence.kinds import default_rate
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.judgement.standing import is_under_way, rival_of
from unstuck.rules.bounds import FALL_SHARE, FEW_UPDATES
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.progress import chance_loss, fall_of, learned_by_loss
from unstuck.rules.rule import cause

#: A rate further than this from the optimizer's default is itself the first thing to look at.
RATE_LOW, RATE_HIGH = 0.1, 100.0

#: What to try: a thousand steps, of which the small sets people start with need a part.
ENOUGH_UPDATES = 1000

#: Keras's default batch size: with few rows, a larger batch is the first thing to give up.
USUAL_BATCH = 32


@cause(
    "too-few-updates",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "decisions-do-not-change"),
    but=("accuracy-stays-low",),  # hard tasks end there in good health,
    blames=("fit.epochs",),
)
def too_few_updates(
    fit: Fit,
    curve: Curve,
    optimizer: Optimizer | None,
    loss: Loss | None,
    baselines: Baselines | None,
    predictions: Predictions | None,
    reference: Reference | None,
) -> Finding | None:
    """The weights were moved too few times for the model to learn.

    Why it looks stuck: rows are seen in batches, and each batch moves the weights once. With few
    rows, large batches and few epochs there are a handful of steps, and the loss has just begun to
    fall when the training ends.
    How it is proved: train ten times as long with nothing else changed; the loss goes on falling
    and the score leaves its baseline.

    What decides: Train ten times as many epochs; a loss that goes on falling says yes.
    """
    fall = fall_of(curve)
    if not all(map(math.isfinite, curve.loss)):
        return None
    if not 0 < fit.updates < FEW_UPDATES or fit.raised is not None or fit.cut_short:
        return None
    if optimizer is not None:
        times = optimizer.learning_rate / default_rate(optimizer.name)
        if not RATE_LOW <= times <= RATE_HIGH:
            return None
    if fall is not None and fall.total <= 0:
        return None
    still_falling = fall is not None and fall.total > max(FALL_SHARE * abs(fall.first), fall.noise)
    behind = reference is not None and rival_of(reference) is not None and not is_under_way(reference)
    under_way = learned_by_loss(curve, chance_loss(loss, baselines, fit), predictions)
    if under_way and not (still_falling and behind):
        return None
    falling = ""
    if fall is not None and still_falling:
        falling = f", and the loss was still falling ({fall.first:.4g} to {fall.last:.4g})"
    return Finding(
        says=f"The weights were updated {fit.updates:,} times in all{falling}. Under {FEW_UPDATES} updates "
        "even a small network has mostly just begun.",
        shows={"updates": fit.updates, "bound": FEW_UPDATES},
        where=fit.place,
        remedies=_remedies(fit),
    )


def _remedies(fit: Fit) -> tuple[Proposal, ...]:
    """More epochs, and smaller batches where they are large."""
    steps = fit.steps_per_epoch or max(1, fit.updates // max(1, fit.epochs_done))
    longer = propose("train-longer", fit.place, epochs=max(2 * fit.epochs, math.ceil(ENOUGH_UPDATES / steps)))
    if fit.batch_size and fit.batch_size > USUAL_BATCH:
        return longer, propose("set-batch-size", fit.place, batch_size=USUAL_BATCH)
    return (longer,)


_TENTHS = Baselines(majority=0.1, classes=10, constant_loss=2.3026)
too_few_updates.fires(Fit(updates=24, epochs=3, epochs_done=3), Curve.of(loss=[2.36, 2.33, 2.30]), _TENTHS)
_BEHIND = Versus(difference=-0.64, low=-0.85, high=-0.44)
_BEATEN = Reference(
    measure="R2",
    network=0.28,
    trivial=(("always the mean", 0.0),),
    simple=(("linear regression", 0.92),),
    versus_simple=_BEHIND,
    versus_trivial=Versus(difference=0.28, low=0.1, high=0.4),
    judged=378,
    p_value=0.005,
)
too_few_updates.fires(  # better than any constant, and far from what a straight line finds
    Fit(updates=24, epochs=2),
    Curve.of(loss=[1.0, 0.6, 0.5]),
    Loss(),
    Baselines(constant_loss=1.0),
    _BEATEN,
)
too_few_updates.fires(Fit(updates=4, batch_size=512), Curve.of(loss=[0.693]), Optimizer())
too_few_updates.quiet(Fit(updates=2000, epochs=3), Curve.of(loss=[2.36, 2.33, 2.30]), _TENTHS)
too_few_updates.quiet(Fit(updates=100, epochs=3), Curve.of(loss=[1.1, 0.5, 0.2]), _TENTHS)
too_few_updates.quiet(Fit(updates=100), Curve.of(loss=[2.36, 2.33, 2.3]), Optimizer(learning_rate=1e-7))
too_few_updates.quiet(Fit(updates=100), Curve.of(loss=[7.97, 7.97, 7.97]), Optimizer())
too_few_updates.quiet(Fit(updates=1, cut_short=True), Curve.of(loss=[0.693]), Optimizer())
