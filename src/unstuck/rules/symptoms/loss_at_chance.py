"""Symptom: the loss is what the best constant answer costs, or more."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Loss, Model, Predictions
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import CHANCE_TOLERANCE
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.progress import chance_loss, closing_in_words, closing_loss, learned_by_loss
from unstuck.rules.rule import symptom


@symptom("loss-at-chance", of=NOTHING_LEARNED)
def loss_at_chance(
    curve: Curve,
    baselines: Baselines,
    loss: Loss | None,
    model: Model | None,
    fit: Fit | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The training loss ends where the best constant answer is, or above it.

    The best constant answer costs H(prior) under cross-entropy (ln K for K equal classes) and
    Var(y) under a squared error. The end of the training loss, without the regularisation's part,
    is not more than 2% under that. Quiet where the validation loss or the loss in inference mode
    is clearly lower, and where rows are weighted, as their constant answer is another.
    """
    chance, closing = chance_loss(loss, baselines, fit), closing_loss(curve)
    if chance is None or closing is None:
        return None
    penalty = model.regularisation if model is not None else 0.0
    told = closing_in_words(curve, closing, penalty)
    closing -= penalty
    if closing < (1.0 - CHANCE_TOLERANCE) * chance.value or learned_by_loss(
        curve, chance, predictions, penalty
    ):
        return None
    place = (
        "where"
        if closing <= (1.0 + CHANCE_TOLERANCE) * chance.value
        else f"{closing / chance.value:.3g} times what"
    )
    cost = "the best constant answer is" if place == "where" else "the best constant answer costs"
    return Finding(
        says=f"{told}, {place} {cost} ({chance.value:.4g}): so far it knows no more than a constant answer.",
        shows={"loss": closing, "constant_answer": chance.value, "uniform_answer": baselines.uniform_loss},
    )


_HALVES = Baselines(majority=0.5, classes=2, uniform_loss=0.6931, prior_loss=0.6931, constant_loss=0.6931)
_RARE = Baselines(majority=0.95, classes=2, prior_loss=0.1985, constant_loss=0.1985)
loss_at_chance.fires(Curve.of(loss=[0.694, 0.6932, 0.6931]), _HALVES)
loss_at_chance.fires(Curve.of(loss=[7.97]), _HALVES)
loss_at_chance.fires(Curve.of(loss=[90.0, 81.0]), Baselines(mean_mse=80.0), Loss())
loss_at_chance.quiet(Curve.of(loss=[0.69, 0.4]), _HALVES)
loss_at_chance.quiet(Curve.of(loss=[0.66]), _HALVES)
# One epoch whose mean is at chance and whose last batches are not.
loss_at_chance.quiet(Curve.of(loss=[0.69], batch_losses=(1.4, 1.1, 0.8, 0.6, 0.5, 0.45, 0.35, 0.3)), _HALVES)
loss_at_chance.quiet(Curve.of(loss=[0.7, 0.25]), _RARE, Fit(class_weight=((0, 0.5), (1, 10.0))))
loss_at_chance.quiet(Curve.of(loss=[0.9], val_loss=[0.3]), _HALVES)
loss_at_chance.quiet(Curve.of(loss=[0.9]), _HALVES, Model(regularisation=0.5))
