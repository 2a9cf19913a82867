"""Cause: `reset_state` of an own metric leaves some of its variables as they were."""

from __future__ import annotations

from unstuck.evidence.facts import CarriedOver, Place, Predictions
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.rule import cause


@cause(
    "metric-not-reset",
    certainty="measured",
    impact="misleads",
    explains=("figure-depends-on-epochs-before", "accuracy-contradicts-predictions"),
)
def metric_not_reset(predictions: Predictions) -> Finding | None:
    """A metric of your own keeps some of its state from one epoch to the next.

    Why it looks stuck: Keras calls `reset_state` at the start of each epoch and of each evaluation. What that
    leaves as it was is counted again: hits that begin at 0 over rows that do not give a figure that falls
    about as 1/epoch, whatever the model learns.

    How it is proved: the variables are compared before and after `reset_state`, and the figure of the same
    answers is taken twice, and once more with all of them at 0. A metric that leaves all of them is not
    spoken of: it may be meant to run through.

    What to do: let `reset_state` set each variable back, or leave it out: Keras's own sets all to 0.
    """
    left = predictions.carried
    if left is None:
        return None
    names, were = ", ".join(left.kept), "it was" if len(left.kept) == 1 else "they were"
    return Finding(
        says=f"reset_state of {left.metric} leaves {names} as {were} and sets the rest "
        f"back: each epoch counts on from what the epochs before left. It gives {left.second:.4f} for "
        f"{left.rows:,} rows that are {left.right:.4f} by themselves.",
        shows={"kept": list(left.kept), "reported": left.second, "right": left.right},
        where=left.place,
        remedies=(
            propose(
                "advise",
                at=left.place,
                text=f"Set {names} back in reset_state as well, or leave the method out: that of "
                "keras.metrics.Metric sets all variables to 0.",
            ),
        ),
    )


_LEFT = CarriedOver(
    metric="hits",
    rows=1000,
    right=0.96,
    first=0.032,
    second=0.031,
    kept=("rows",),
    place=Place(file="train.py", line=40),
)
metric_not_reset.fires(Predictions(carried=_LEFT))
metric_not_reset.quiet(Predictions())
