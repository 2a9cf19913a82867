"""The rule relu-output."""

from __future__ import annotations

import math

from unstuck.evidence.facts import (
    Activity,
    Curve,
    Fit,
    Head,
    Labels,
    Layer,
    LayerActivity,
    Loss,
    Model,
    Predictions,
)
from unstuck.evidence.kinds import ACTIVATION_LAYERS
from unstuck.judgement.findings import Certainty, Finding, Impact, propose
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.bounds import CLIP_ZERO, percent
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import BINARY, blocks_when_nan, compares_one, refit
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import other_activation

#: With so few ReLU units before the output, all of them are often zero for a row.
NARROW = 4

#: From this share of all-zero rows on, hardly a row still sends a gradient back.
ALL_ZERO = 0.95

RELUS = ("relu", "relu6")


@cause(
    "relu-output",
    certainty="proved",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        "accuracy-contradicts-loss",
        "dead-relu",
        "model-too-small",
        "nan-loss",
        "saturated-divergence",
        "vanishing-gradient",
    ),
    blames=("activation",),
)
def relu_output(
    head: Head,
    loss: Loss,
    model: Model | None,
    labels: Labels | None,
    predictions: Predictions | None,
    activity: Activity | None,
    curve: Curve | None,
    fit: Fit | None,
) -> Finding | None:
    """The output, or a narrow layer just before it, is a ReLU.

    Why it looks stuck: a ReLU turns every negative value into exactly 0 and sends no gradient back from
    there. A row once at 0 is never corrected, and cross-entropy reads the other values, which go beyond 1,
    as probabilities. When all rows are at 0, nothing moves any more.

    How it is proved: the output's activation is read from the model; the rows whose whole output is 0 are
    counted. Under binary cross-entropy a row of label 1 at 0 costs 16.1181, so a dead output costs
    16.1181 times the share of label 1. Under a loss that reads logits a ReLU need not do harm: it is only
    suspected there, unless nearly all rows are at 0.

    What to do: a sigmoid or softmax for classes, no activation for numbers; before the output, more units.

    What decides: Print predict(x).max(); exactly 0 says yes.
    """
    zeros = predictions.zero_rows if predictions else None
    narrow = _narrow(head, activity)
    if narrow is not None and head.hidden is not None:
        return Finding(
            says=f"Only {head.hidden.units} ReLU units feed the output, and all of them are 0 on "
            f"{percent(narrow.zero_rows)} of the rows: these rows cannot be told apart and send no gradient "
            "back.",
            shows={"units": head.hidden.units, "zero_rows": narrow.zero_rows, "bound": ALL_ZERO},
            where=head.hidden.place,
            certainty=Certainty.MEASURED,
            impact=Impact.BLOCKS,
            remedies=(propose("widen-layer", at=head.hidden.place, units=16),),
        )
    scores = _scores(model, head)
    if scores is not None and loss.is_for_classes:
        return _halved(scores, head)
    dead = zeros is not None and zeros >= ALL_ZERO
    if head.activation not in RELUS or not (loss.is_for_classes or (dead and loss.is_regression)):
        return None
    if head.stretched or compares_one(head, loss):
        return None  # zeros are moved elsewhere; or whatever is answered, the loss divides it by itself
    cost = _cost(labels, loss) if dead else ""
    seen = "" if zeros is None else f" The whole output is 0 on {percent(zeros)} of the rows."
    # Logits may be of any size, and a softmax reads only their differences: nothing is lost for sure.
    sure = loss.is_for_classes and not loss.from_logits
    doubt = Certainty.SUSPECTED if loss.from_logits and not dead else Certainty.MEASURED
    others = (
        f"no logit that {loss.name} reads can be below 0"
        if loss.from_logits
        else f"nothing keeps the others within what {loss.name} expects"
    )
    return Finding(
        says=f"The output's activation is {head.activation}: negative values become 0 and send no gradient "
        f"back, and {others}.{seen}{cost}",
        shows={"activation": head.activation, "zero_rows": zeros, "bound": ALL_ZERO},
        where=head.place,
        certainty=Certainty.PROVED if sure else doubt,
        impact=Impact.BLOCKS if dead else blocks_when_nan(curve),
        remedies=(refit(labels, head, loss, fit),),
    )


def _scores(model: Model | None, head: Head) -> Layer | None:
    """The layer whose ReLU cuts off the scores before a softmax or sigmoid, in a model that is one chain."""
    if model is None or not is_chain(model) or head.activation not in ("softmax", "sigmoid"):
        return None
    before, last = (None, None, *model.layers)[-2:]
    cut = last is not None and last.kind in ACTIVATION_LAYERS and last.activation == head.activation
    return before if cut and before is not None and before.activation in RELUS else None


def _halved(scores: Layer, head: Head) -> Finding:
    """The finding on a ReLU before the output's own activation."""
    least = 1 / (1 + math.exp(0.0)) if head.activation == "sigmoid" else 1 / head.units if head.units else 0.0
    lowest = (
        "no probability can fall below 0.5"
        if head.activation == "sigmoid"
        else "a class can only be ruled out by raising all others"
    )
    return Finding(
        says=f"{scores.kind} {scores.name} has {scores.activation} before the {head.activation}: no score is "
        f"below 0, {lowest}, and a score at 0 sends no gradient back.",
        shows={"activation": scores.activation, "then": head.activation, "at_zero": least},
        where=scores.place,
        certainty=Certainty.SUSPECTED,
        remedies=(propose("set-hidden-activation", at=scores.place, activation="linear"),),
    )


def _cost(labels: Labels | None, loss: Loss) -> str:
    """What an output of 0 for every row costs, where it is known."""
    if labels is None or labels.form != "binary" or loss.name != BINARY[0] or loss.from_logits:
        return ""
    ones = labels.shares.get(1.0, 0.0)
    return f" A dead output costs {CLIP_ZERO:.4f} x {ones:.4f} (share of label 1) = {CLIP_ZERO * ones:.4f}."


def _narrow(head: Head, activity: Activity | None) -> LayerActivity | None:
    """The narrow ReLU layer before the output when it is the first that is dead on nearly all rows."""
    hidden = head.hidden
    if (
        hidden is None
        or activity is None
        or hidden.activation not in RELUS
        or (hidden.units or NARROW + 1) > NARROW
    ):
        return None
    dead = [each for each in activity.layers if each.activation in RELUS and each.zero_rows >= ALL_ZERO]
    return dead[0] if dead and dead[0].name == hidden.name else None


@relu_output.ruled_out
def _ruled_out(head: Head) -> str:
    """What in a script speaks against it."""
    return other_activation(head, "relu")


relu_output.fires(
    Head(activation="relu", units=1),
    Loss(name="binary_crossentropy"),
    Labels.of([0, 1] * 50),
    Predictions(rows=100, zero_rows=1.0),
)
relu_output.fires(
    Head(activation="sigmoid", units=1, hidden=Layer(name="narrow", activation="relu", units=2)),
    Loss(name="binary_crossentropy"),
    Activity(rows=256, layers=(LayerActivity(name="narrow", activation="relu", units=2, zero_rows=1.0),)),
)
relu_output.quiet(  # what stops the rows stands further in front
    Head(activation="sigmoid", units=1, hidden=Layer(name="narrow", activation="relu", units=2)),
    Loss(name="binary_crossentropy"),
    Activity(
        rows=256,
        layers=(
            LayerActivity(name="first", activation="relu", units=3, zero_rows=1.0),
            LayerActivity(name="narrow", activation="relu", units=2, zero_rows=1.0),
        ),
    ),
)
relu_output.fires(  # as suspected: logits may be of any size
    Head(activation="relu", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy", from_logits=True),
)
relu_output.quiet(
    Head(activation="relu", units=1), Loss(name="mean_squared_error")
)  # counts and prices are positive
relu_output.quiet(
    Head(activation="softmax", units=3, hidden=Layer(name="wide", activation="relu", units=32)),
    Loss(name="sparse_categorical_crossentropy"),
)
relu_output.quiet(  # compared along an axis of one: divided by itself, each is 1
    Head(activation="relu", units=3, shape=(1, 3)), Loss(name="categorical_crossentropy", axis=1)
)
_CUT = Model(layers=(Layer(units=10, activation="relu"), Layer(kind="Activation", activation="softmax")))
relu_output.fires(
    Head(activation="softmax", units=10, shape=(10,)), Loss(name="categorical_crossentropy"), _CUT
)
relu_output.quiet(
    Head(activation="softmax", units=10, shape=(10,)),
    Loss(name="categorical_crossentropy"),
    Model(layers=(Layer(units=10), Layer(kind="Activation", activation="softmax"))),
)
