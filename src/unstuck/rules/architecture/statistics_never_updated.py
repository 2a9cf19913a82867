"""The rule statistics-never-updated."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Model, Place, Unmoved
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause


@cause(
    "statistics-never-updated",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        VALIDATION_APART,
        DIVERGES,
        "training-mode-gap",
        "dead-relu",
        "inputs-not-scaled",
        "overfitting",
        "saturated-divergence",
    ),
)
def statistics_never_updated(model: Model, fit: Fit | None) -> Finding | None:
    """A layer of your own computes what its statistics should become, and drops it.

    Why it looks stuck: a layer that does one thing in training and another outside of it keeps what it needs
    for the latter in weights that no gradient moves: a moving mean, a scale, a count. It has to assign them
    itself. Where it only computes the new value, they stay as they began: training looks right, and every
    answer outside of training is computed with the first values.

    How it is proved: these weights are bit for bit the same before and after the training, and the layer's
    `call` holds a statement that computes with one of them and uses nothing of what comes out.

    What to do: `self.mean.assign(new)` where the new value is computed.
    """
    if not model.unmoved or fit is None or fit.updates == 0:
        return None
    first = model.unmoved[0]
    names = " and ".join(f"self.{each}" for each in first.attributes[:3])
    one = len(first.attributes) == 1
    return Finding(
        says=f"{names} of {first.layer} ({first.kind}) {'is' if one else 'are'} bit for bit what "
        f"{'it was' if one else 'they were'} before the {fit.updates:,} updates. "
        "The layer's call computes what should become of it and does not assign it, so outside of training "
        "the layer computes with the values that it began with.",
        shows={"attributes": list(first.attributes), "updates": fit.updates},
        where=first.place,
        remedies=(
            propose(
                "advise",
                at=first.place,
                text=f"Give the weight its new value there: self.{first.attributes[0]}.assign(...).",
            ),
        ),
    )


_MEAN = Unmoved(layer="norm", kind="Norm", attributes=("mean",), place=Place(file="train.py", line=9))
statistics_never_updated.fires(Model(unmoved=(_MEAN,)), Fit(updates=90))
statistics_never_updated.quiet(Model(unmoved=(_MEAN,)), Fit(updates=0))
statistics_never_updated.quiet(Model(), Fit(updates=90))
