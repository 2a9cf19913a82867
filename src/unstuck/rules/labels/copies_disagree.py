"""The rule copies-disagree."""

from __future__ import annotations

from unstuck.evidence.facts import Copies
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import CONTRADICTED, percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: Rows of so many values do not come twice by chance; short rows of answers to a form do.
FEWEST_COLUMNS = 16


@cause(
    "copies-disagree",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        VALIDATION_APART,
        "training-below-validation",
        "nothing-to-learn",
        "overfitting",
        "rows-with-several-labels",
    ),
    blames=("fit.x",),
)
def copies_disagree(copies: Copies) -> Finding | None:
    """Rows that are exact copies of each other have different labels.

    Why it looks stuck: one input can have one answer. Where the same row stands there as a 3 and as an 8, one
    of them is wrong whatever the model does. Many such rows mean that the rows and their labels were parted:
    rows were copied over others while their labels stayed, files were joined twice, or one was padded by
    repeating it.

    How it is proved: rows whose values are all equal are brought together; of each such group all but those
    with its most frequent label must be wrong. It is asked of rows of 16 values and more: shorter ones come
    twice by chance.

    What to do: find where the rows are made and look for what writes one over another: `x[i], x[j] = x[j],
    x[i]` of a numpy array does, and so does random.shuffle; one order for both is
    `order = np.random.default_rng(0).permutation(len(x)); x, y = x[order], y[order]`.

    What decides: Print len(x) and len(np.unique(x, axis=0)); far fewer distinct rows say that rows were
    written over others.
    """
    if copies.columns < FEWEST_COLUMNS or not copies.rows:
        return None
    share = copies.disagreeing / copies.rows
    if share < CONTRADICTED:
        return None
    return Finding(
        says=f"{copies.copied:,} of {copies.rows:,} training rows are exact copies of another one, and "
        f"{copies.disagreeing:,} of them have another label than their copies: no model can be right on more "
        f"than {percent(1.0 - share)} of the rows.",
        shows={
            "rows": copies.rows,
            "copied": copies.copied,
            "disagreeing": copies.disagreeing,
            "best_accuracy": 1.0 - share,
        },
        remedies=(
            propose(
                "advise",
                text="Look where the rows are put in order or joined, and take inputs and labels by one "
                "order: order = np.random.default_rng(0).permutation(len(x)); x, y = x[order], y[order].",
            ),
        ),
    )


copies_disagree.fires(Copies(rows=1000, columns=64, copied=700, disagreeing=400))
copies_disagree.quiet(Copies(rows=1000, columns=64, copied=700))
copies_disagree.quiet(Copies(rows=1000, columns=3, copied=900, disagreeing=300))  # answers to a form
copies_disagree.quiet(Copies(rows=1000, columns=64, copied=60, disagreeing=20))
