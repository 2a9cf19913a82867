"""The rule over-regularised."""

from __future__ import annotations

from unstuck.evidence.facts import Dynamics, Layer, Model, Predictions, Variable
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import bundle
from unstuck.rules.rule import cause

#: Dropout costs a healthy model a few points of accuracy while it trains; .15 is more than it needs.
GAP = 0.15

#: A kernel that shrank to a tenth of its initial size answers the penalty, not the data.
SHRUNK = 0.1

#: Of four units at most one is left in a step: a network of a quarter of the width.
HEAVY_RATE = 0.75

#: The usual rate, and the one that is proposed instead.
USUAL_RATE = 0.2


@cause(
    "over-regularised",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "accuracy-contradicts-predictions",
        "training-mode-gap",
        "learning-rate-too-low",
        "model-too-small",
        "too-few-updates",
        "vanishing-gradient",
    ),
    blames=("rate", "kernel_regularizer"),
)
def over_regularised(
    model: Model, dynamics: Dynamics | None, predictions: Predictions | None
) -> Finding | None:
    """Dropout or a weight penalty is so strong that the model cannot fit.

    Why it looks stuck: with a high dropout rate training sees a different sliver of the network at each step;
    with a strong L1 or L2 penalty the cheapest thing to do is to let the weights go to 0 and answer the same
    for every row.

    How it is proved: the accuracy of the same rows is computed with and without dropout; the weights under a
    penalty are compared with their initial size.

    What to do: a dropout rate of .2 to .5, a penalty of 1e-4 or less.

    What decides: Evaluate on the training rows: much better than fit reported for them says yes.
    """
    return _penalty(model, dynamics) or _dropout(model, predictions)


def _penalty(model: Model, dynamics: Dynamics | None) -> Finding | None:
    """The penalty that has shrunk the weights of its layer, where one has."""
    shrunk = _shrunk(model, dynamics)
    if shrunk is None:
        return None
    layer, ratio = shrunk
    return Finding(
        says=f"The penalty of {layer.penalty:g} on {layer.name} has shrunk its weights to {percent(ratio)} "
        f"of their initial size (the bound is {percent(SHRUNK)}): the model answers the penalty, not the "
        "data.",
        shows={"penalty": layer.penalty, "ratio": ratio, "bound": SHRUNK, "added": model.regularisation},
        where=layer.place,
        remedies=(propose("lower-penalty", at=layer.place),),
    )


def _dropout(model: Model, predictions: Predictions | None) -> Finding | None:
    """The strongest dropout, where it costs much accuracy or leaves little of the network."""
    drops = [each for each in model.layers if "Dropout" in each.kind and (each.rate or 0.0) > USUAL_RATE]
    if not drops:
        return None
    strongest = max(drops, key=lambda each: each.rate or 0.0)
    rate, gap, seen = strongest.rate or 0.0, 0.0, ""
    if predictions and predictions.accuracy is not None and predictions.training_accuracy is not None:
        gap = predictions.accuracy - predictions.training_accuracy
        seen = (
            f" On the same rows the accuracy is {predictions.training_accuracy:.4f} with dropout and "
            f"{predictions.accuracy:.4f} without."
        )
    if rate < HEAVY_RATE and gap <= GAP:
        return None
    places = dict.fromkeys(each.place for each in drops)
    return Finding(
        says=f"{strongest.kind} {strongest.name} drops {percent(rate)} of the units at each step: "
        f"{percent(1 - rate)} of the network is left to learn with.{seen}",
        shows={"rate": rate, "rate_bound": HEAVY_RATE, "gap": gap, "gap_bound": GAP},
        where=strongest.place,
        certainty=Certainty.MEASURED if gap > GAP else Certainty.SUSPECTED,
        remedies=(bundle([propose("lower-dropout", at=place, rate=USUAL_RATE) for place in places]),),
    )


def _shrunk(model: Model, dynamics: Dynamics | None) -> tuple[Layer, float] | None:
    """The layer under a penalty whose kernel shrank most, where it shrank enough."""
    penalised = {each.name: each for each in model.layers if each.penalty > 0}
    found = [
        (each.weight_norm / each.initial_norm, each.layer)
        for each in (dynamics.variables if dynamics else ())
        if each.layer in penalised and each.initial_norm > 0 and each.trainable
    ]
    ratio, name = min(found, default=(1.0, ""))
    return (penalised[name], ratio) if ratio < SHRUNK else None


over_regularised.fires(
    Model(layers=(Layer(), Layer(kind="Dropout", rate=0.9, name="dropout"), Layer())),
    Predictions(rows=256, accuracy=0.71, training_accuracy=0.34),
)
over_regularised.fires(
    Model(layers=(Layer(name="dense", penalty=1.0), Layer())),
    Dynamics(
        variables=(
            Variable(path="dense/kernel", layer="dense", size=640, initial_norm=4.2, weight_norm=0.01),
        )
    ),
)
over_regularised.quiet(
    Model(layers=(Layer(), Layer(kind="Dropout", rate=0.5, name="dropout"), Layer())),
    Predictions(rows=256, accuracy=0.97, training_accuracy=0.93),
)
over_regularised.quiet(
    Model(layers=(Layer(name="dense", penalty=1e-4), Layer())),
    Dynamics(
        variables=(Variable(path="dense/kernel", layer="dense", size=640, initial_norm=4.2, weight_norm=5.1),)
    ),
)
