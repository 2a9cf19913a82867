"""Cause: so large batches that few updates are left."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Baselines, Curve, Fit, Loss, Optimizer, Predictions
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import FEW_UPDATES
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.optimisation.too_few_updates import USUAL_BATCH
from unstuck.rules.progress import chance_loss, fall_of, learned_by_loss
from unstuck.rules.rule import cause

#: From a quarter of the rows on, an epoch is four steps or fewer.
LARGE_SHARE = 0.25


@cause(
    "batch-size-too-large",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "decisions-do-not-change", "too-few-updates"),
    but=("accuracy-stays-low",),  # hard tasks end there in good health,
    blames=("fit.batch_size",),
)
def batch_size_too_large(
    fit: Fit,
    curve: Curve,
    optimizer: Optimizer | None,
    loss: Loss | None,
    baselines: Baselines | None,
    predictions: Predictions | None,
) -> Finding | None:
    """A batch holds so many of the rows that an epoch is hardly more than one step.

    Why it looks stuck: an epoch passes all rows but moves the weights only rows / batch size
    times. The epochs go by quickly, the loss hardly moves, and it looks as if nothing were learned.
    How it is proved: the same number of epochs with powers of two as batch size; the smaller ones
    learn. The same number of updates with each size shows that it is their number that counts.

    What decides: Train once more with a quarter of the batch size, all else equal.
    """
    rows, size = fit.rows, fit.batch_size
    if not rows or not size or size <= USUAL_BATCH or size < LARGE_SHARE * rows:
        return None
    if not 0 < fit.updates < FEW_UPDATES or fit.raised is not None:
        return None
    fall = fall_of(curve)
    if not all(map(math.isfinite, curve.loss)):
        return None
    if fall is not None and fall.total < -fall.noise and fall.last > fall.first:
        return None
    if learned_by_loss(curve, chance_loss(loss, baselines, fit), predictions):
        return None
    steps, more = math.ceil(rows / size), math.ceil(rows / USUAL_BATCH)
    rate = f" at learning rate {optimizer.learning_rate:g}" if optimizer is not None else ""
    count = f"{steps} update{'s' if steps > 1 else ''}"
    return Finding(
        says=f"A batch of {size:,} of {rows:,} rows makes {count} an epoch and "
        f"{fit.updates:,} in all{rate}; batches of {USUAL_BATCH} would make {more:,} an epoch.",
        shows={"batch_size": size, "rows": rows, "updates": fit.updates, "bound": FEW_UPDATES},
        where=fit.place,
        remedies=(
            propose("set-batch-size", fit.place, batch_size=USUAL_BATCH),
            propose("train-longer", fit.place, epochs=max(2 * fit.epochs, math.ceil(FEW_UPDATES / steps))),
        ),
    )


_TENTHS = Baselines(majority=0.1, classes=10, constant_loss=2.3026)
_SLOW = Curve.of(loss=[2.36, 2.35, 2.34])
batch_size_too_large.fires(Fit(rows=1437, batch_size=1437, updates=3, epochs=3), _SLOW, _TENTHS)
batch_size_too_large.quiet(Fit(rows=1437, batch_size=32, updates=135, epochs=3), _SLOW, _TENTHS)
batch_size_too_large.quiet(Fit(rows=1437, batch_size=1437, updates=800, epochs=800), _SLOW, _TENTHS)
batch_size_too_large.quiet(Fit(rows=40, batch_size=32, updates=20, epochs=10), _SLOW, _TENTHS)
batch_size_too_large.quiet(
    Fit(rows=1437, batch_size=512, updates=90, epochs=30), Curve.of(loss=[1.5, 0.6, 0.2]), _TENTHS
)
