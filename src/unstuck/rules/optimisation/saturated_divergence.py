"""Cause: the weights ran away, and every answer is a certain 0 or 1."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Head, Loss, Metric, Metrics, Optimizer, Predictions
from unstuck.evidence.kinds import default_rate
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import CLIP_ONE, CLIP_ZERO
from unstuck.rules.families import LEARNING_ENDS, NOTHING_LEARNED
from unstuck.rules.optimisation._schedules import warm_up
from unstuck.rules.progress import Chance, accuracy_of, chance_loss
from unstuck.rules.rule import cause

#: Batches of the first steps, before the answers were pinned, may move an epoch's mean by this much.
TOLERANCE = 0.01

#: With fewer wrong rows than this share the loss of each is no figure to judge by.
FEWEST_WRONG = 0.02

#: Nearly all answers at the activation's bound, and a loss twice that of the best constant answer.
PINNED_SHARE, LOSS_RATIO = 0.95, 2.0


@cause(
    "saturated-divergence",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNING_ENDS,
        "accuracy-stays-low",
        "loss-explodes",
        "saturated-activations",
        "vanishing-gradient",
    ),
    blames=("learning_rate", "optimizer"),
)
def saturated_divergence(
    curve: Curve,
    loss: Loss,
    head: Head | None,
    metrics: Metrics | None,
    fit: Fit | None,
    optimizer: Optimizer | None,
    baselines: Baselines | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The output is pinned at 0 or 1 for every row, right or wrong.

    Why it looks stuck: once a sigmoid or softmax answers exactly 0 or 1, its slope is 0 and no
    gradient comes back. The loss is then a constant for each wrong row: 15.9424 where label 0 got
    probability 1, 16.1181 where a label got 0, as Keras clips probabilities at 1e-7. TensorFlow
    uses the values before the activation instead, where the loss has no such bound.
    How it is proved: divide the loss by the share of wrong rows. Start again from fresh weights
    with a lower rate or scaled inputs; the predictions spread and the loss falls.

    What decides: Print predict(x[:20]): exactly 0 and 1, at weights that grew over training, say yes.
    """
    if loss.name not in (
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
    ):
        return None
    if head is not None and (head.activation not in ("sigmoid", "softmax") or head.softmax_size == 1):
        return None
    if loss.label_smoothing or (fit is not None and (fit.class_weight or fit.sample_weight)):
        return None
    chance = chance_loss(loss, baselines, fit)
    place = (optimizer.place or optimizer.compile_place) if optimizer is not None else None
    says = _by_clip(curve, metrics) or _by_predictions(predictions, chance)
    if says is None:
        return None
    value = (
        min(optimizer.learning_rate / 10.0, default_rate(optimizer.name)) if optimizer is not None else 1e-4
    )
    return Finding(
        says=says,
        shows={
            "loss": curve.loss[-1] if curve.loss else None,
            "p1_for_label_0": CLIP_ONE,
            "p0_for_label": CLIP_ZERO,
        },
        where=place,
        remedies=(
            propose("set-learning-rate", place, value=value),
            propose("clip-gradients", place, clipnorm=1.0),
            *warm_up(optimizer, value, fit),
        ),
    )


def _by_clip(curve: Curve, metrics: Metrics | None) -> str | None:
    """Whether the loss of each wrong row is the cost of a certain and wrong answer."""
    accuracy = accuracy_of(curve, metrics) if metrics is not None else None
    if accuracy is None or len(curve.loss) != len(accuracy.values):
        return None
    pairs = list(zip(curve.loss, accuracy.values, strict=True))[-2:]
    for cost, right in pairs:
        if 1.0 - right < FEWEST_WRONG:
            return None
        if not (1.0 - TOLERANCE) * CLIP_ONE <= cost / (1.0 - right) <= (1.0 + TOLERANCE) * CLIP_ZERO:
            return None
    cost, right = pairs[-1]
    each = cost / (1.0 - right)
    sides = ((CLIP_ONE, "1.0 for label 0"), (CLIP_ZERO, "0.0 for the row's own label"))
    price, answer = min(sides, key=lambda side: abs(side[0] - each))
    return (
        f"The loss {cost:.4g} over the share of wrong rows, {1.0 - right:.4g}, is {each:.2f} for each. "
        f"Answering {answer} costs {price:.2f}: the answers are pinned, right or wrong."
    )


def _by_predictions(predictions: Predictions | None, chance: Chance | None) -> str | None:
    """Whether the answers are pinned and cost clearly more than the best constant answer."""
    if predictions is None or predictions.loss is None or chance is None:
        return None
    if predictions.at_bound < PINNED_SHARE or predictions.loss < LOSS_RATIO * chance.value:
        return None
    return (
        f"{100 * predictions.at_bound:.3g}% of the answers on {predictions.rows:,} rows are 0 or 1 to six "
        f"digits, at a loss of {predictions.loss:.4g}, where the best constant answer "
        f"costs {chance.value:.4g}."
    )


_BINARY, _ACCURACY = Loss(name="binary_crossentropy"), Metrics(uses=(Metric(),))
_HALVES = Baselines(majority=0.5, classes=2, constant_loss=0.6931)
saturated_divergence.fires(Curve.of(loss=[8.1, 8.059], accuracy=[0.5, 0.5]), _BINARY, _ACCURACY, _HALVES)
saturated_divergence.fires(
    Curve.of(loss=[90.0]), _BINARY, Predictions(rows=256, at_bound=1.0, loss=88.0), _HALVES
)
saturated_divergence.quiet(Curve.of(loss=[0.69, 0.5], accuracy=[0.5, 0.8]), _BINARY, _ACCURACY, _HALVES)
saturated_divergence.quiet(
    Curve.of(loss=[0.1]), _BINARY, Predictions(rows=256, at_bound=1.0, loss=0.01), _HALVES
)
# One unit under a softmax costs the same and has its own rule.
saturated_divergence.quiet(
    Curve.of(loss=[7.97], accuracy=[0.5]), _BINARY, _ACCURACY, Head(activation="softmax", softmax_size=1)
)
