"""Symptom: the same rows, another score in training mode than in inference mode."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Predictions
from unstuck.judgement.findings import Finding
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.rules.rule import symptom

#: Twice the loss on the same rows and weights: dropout moves it the other way, noise does not double it.
LOSS_RATIO = 2.0

#: Fifteen points of accuracy between the modes, on the same rows with the same weights.
ACCURACY_GAP = 0.15


@symptom("training-mode-gap")
def training_mode_gap(predictions: Predictions, baselines: Baselines | None) -> Finding | None:
    """The same rows score clearly differently in training mode and in inference mode.

    Training mode uses the batch's own statistics in batch normalisation and drops units in
    dropout; inference mode does neither. It fires when inference costs twice the loss of training
    mode (and is not near zero anyway), or when their accuracies are fifteen points apart.
    """
    inference, training = predictions.loss, predictions.training_loss
    if inference is None or training is None:
        return None
    chance = baselines.constant_loss if baselines is not None else None
    trivial = LEARNED_SHARE * chance if chance is not None else LEARNED_SHARE
    worse = inference > LOSS_RATIO * max(training, 0.0) and inference > trivial
    right, dropped = predictions.accuracy, predictions.training_accuracy
    held_down = right is not None and dropped is not None and abs(right - dropped) > ACCURACY_GAP
    if not worse and not held_down:
        return None
    scores = f" (accuracy {dropped:.4f} and {right:.4f})" if right is not None and dropped is not None else ""
    return Finding(
        says=f"On the same {predictions.rows:,} rows with the same weights the loss is {training:.4g} in "
        f"training mode and {inference:.4g} in inference mode{scores}.",
        shows={"training_loss": training, "inference_loss": inference, "bound": LOSS_RATIO},
    )


training_mode_gap.fires(
    Predictions(rows=256, loss=7.99, training_loss=0.379, accuracy=0.5, training_accuracy=0.86)
)
training_mode_gap.fires(
    Predictions(rows=256, loss=0.5, training_loss=0.9, accuracy=0.9, training_accuracy=0.6)
)
training_mode_gap.fires(
    Predictions(rows=256, loss=1.37, training_loss=0.86, accuracy=0.57, training_accuracy=0.79)
)
training_mode_gap.quiet(
    Predictions(rows=256, loss=0.25, training_loss=0.35, accuracy=0.93, training_accuracy=0.88)
)
training_mode_gap.quiet(Predictions(rows=256, loss=3e-4, training_loss=1e-4), Baselines(constant_loss=0.6931))
training_mode_gap.quiet(Predictions(rows=256, loss=0.4))
