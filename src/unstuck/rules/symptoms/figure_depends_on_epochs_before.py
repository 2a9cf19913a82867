"""Symptom: a metric gives the same rows another figure each time."""

from __future__ import annotations

from unstuck.evidence.facts import CarriedOver, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import symptom


@symptom("figure-depends-on-epochs-before")
def figure_depends_on_epochs_before(predictions: Predictions) -> Finding | None:
    """A metric of your own gives the same answers another figure each time it is asked.

    The same answers and labels were given to it twice, after its own `reset_state` each time, and once
    with all its variables at 0. A figure of one epoch is the same all three times.
    """
    left = predictions.carried
    if left is None:
        return None
    return Finding(
        says=f"{left.metric} of the same {left.rows:,} rows and answers is {left.first:.4f} the first and "
        f"{left.second:.4f} the second time, and {left.right:.4f} where nothing is left in it from before.",
        shows={"first": left.first, "second": left.second, "empty": left.right},
    )


_LEFT = CarriedOver(metric="hits", rows=1000, right=0.96, first=0.032, second=0.031, kept=("rows",))
figure_depends_on_epochs_before.fires(Predictions(carried=_LEFT))
figure_depends_on_epochs_before.quiet(Predictions())
