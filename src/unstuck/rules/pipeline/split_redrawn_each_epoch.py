"""The rule split-redrawn-each-epoch."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Overlap
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import redrawn
from unstuck.rules.rule import cause


@cause(
    "split-redrawn-each-epoch",
    certainty="measured",
    impact="misleads",
    explains=("validation-rows-trained-on",),
)
def split_redrawn_each_epoch(overlap: Overlap, fit: Fit | None) -> Finding | None:
    """The rows are shuffled before they are split, in a new order each epoch: training sees them all.

    Why it looks stuck: `shuffle` of tf.data draws a new order each time it is gone through. `take` and `skip`
    behind it cut another part each epoch, so that the rows that judge were trained on before: the validation
    figures follow the training figures, and new rows are answered far worse.

    How it is proved: a hash of each row that passes. Most rows of the first validation pass in training, and
    the second validation brings other rows than the first.

    What to do: split first and shuffle the training part alone, or keep one order with
    reshuffle_each_iteration=False.
    """
    if not redrawn(overlap):
        return None
    place = overlap.place or (fit.place if fit is not None else None)
    return Finding(
        says=f"The split is drawn anew each epoch: {overlap.trained_on:,} of {overlap.judged:,} validation "
        f"rows were trained on within {overlap.epochs} epochs, {overlap.trained_rows:,} rows in all, so the "
        "validation figures say nothing about new rows.",
        shows={
            "validation_rows": overlap.judged,
            "trained_on": overlap.trained_on,
            "in_first_epoch": overlap.in_first_epoch,
            "new_in_second_validation": overlap.new_in_second,
        },
        where=place,
        remedies=(
            propose(
                "advise",
                at=place,
                text="Split first, shuffle the training part alone: train = data.skip(n).shuffle(...), "
                "val = data.take(n); or shuffle(..., reshuffle_each_iteration=False) before the split.",
            ),
        ),
    )


_REDRAWN = Overlap(judged=60, trained_on=60, in_first_epoch=48, new_in_second=47, trained_rows=300, epochs=25)
split_redrawn_each_epoch.fires(_REDRAWN, Fit())
split_redrawn_each_epoch.quiet(Overlap(judged=60, trained_rows=240, epochs=25))
split_redrawn_each_epoch.quiet(Overlap(judged=60, trained_on=60, trained_rows=60, epochs=25))  # one data set
