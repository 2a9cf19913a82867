"""Cause: the answers move, and none of them crosses the line."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Labels, Predictions
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import SCORE_STAYS
from unstuck.rules.rule import cause

#: Fewer than one row in a hundred is decided differently than by the untrained weights.
CHANGED = 0.01

#: A tenth of a percentage point of probability is more than rounding can move a mean by.
MARGIN_RISE = 1e-3


@cause(
    "decisions-do-not-change",
    certainty="measured",
    impact="harms",
    explains=(SCORE_STAYS, "beaten-by-simple-model", "predictions-one-class", "loss-falls-accuracy-does-not"),
    blames=("learning_rate",),
)
def decisions_do_not_change(
    predictions: Predictions, fit: Fit | None, labels: Labels | None
) -> Finding | None:
    """The probabilities improve, but hardly any decision is another than before.

    Why it looks stuck: the loss counts how probable the right class is, the accuracy only whether
    it is the most probable. From .1 to .4 the loss falls by 1.4 and the accuracy stays 0. Both are
    right: the model learns, and what it learned does not yet cross the line.
    How it is proved: the mean margin of the right class over its best rival rises while the
    decisions stay; train on, or weigh the classes, and the decisions follow.

    What decides: Compare predict(x) > 0.5 of two epochs: next to no row that changed says yes.
    """
    start, end, changed = predictions.margin_start, predictions.margin_end, predictions.decisions_changed
    if start is None or end is None or changed is None:
        return None
    if changed >= CHANGED or end - start < MARGIN_RISE:
        return None
    if predictions.accuracy == 1.0 or (labels is not None and labels.distinct == 1):
        return None  # there was nothing to decide otherwise
    place = fit.place if fit is not None else None
    epochs = 5 * fit.epochs if fit is not None else 5
    return Finding(
        says=f"The mean margin of the right class over its best rival rises from {start:.4f} to {end:.4f}, "
        f"while {100 * changed:.2g}% of {predictions.rows:,} rows are decided differently than at the start: "
        "the loss can fall without the accuracy.",
        shows={"margin_start": start, "margin_end": end, "decisions_changed": changed, "bound": CHANGED},
        where=place,
        remedies=(
            propose("train-longer", place, epochs=epochs),
            propose("advise", text="Where one class is frequent, weigh the classes or move the threshold."),
        ),
    )


decisions_do_not_change.fires(
    Predictions(rows=256, std=0.1, margin_start=-0.02, margin_end=0.1, decisions_changed=0.0)
)
decisions_do_not_change.quiet(
    Predictions(rows=256, margin_start=-0.02, margin_end=0.6, decisions_changed=0.45)
)
decisions_do_not_change.quiet(Predictions(rows=256, margin_start=0.1, margin_end=0.1, decisions_changed=0.0))
decisions_do_not_change.quiet(Predictions(rows=256))
decisions_do_not_change.quiet(  # right from the start, and surer now
    Predictions(rows=256, margin_start=0.2, margin_end=0.9, decisions_changed=0.0, accuracy=1.0)
)
