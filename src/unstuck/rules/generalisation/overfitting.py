"""Cause: the model learns its training rows by heart."""

from __future__ import annotations

from unstuck.evidence.facts import Baselines, Curve, Fit, Labels, Layer, Metric, Metrics, Model, Split
from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import STANDARD_ERRORS, UNCOUNTED_ROWS, standard_error
from unstuck.rules.families import VALIDATION_APART
from unstuck.rules.objective._common import bundle
from unstuck.rules.progress import RISE_EPOCHS, Accuracy, Rise, accuracy_of, rise_of
from unstuck.rules.rule import cause

#: A validation loss a tenth above its best is worse by more than the choice of the rows.
RISE_SHARE = 0.1

#: Without an accuracy: the validation loss is at least half as much again as the training loss.
LOSS_RATIO = 1.5

#: In a first epoch every row is new, so what is learned by heart does not yet tell: a validation loss of ten
#: times the training loss is another network's or other rows'.
AT_ONCE = 10.0

#: What is usual for layers of some hundred units, and a penalty that is felt over an epoch but does
#: not outweigh the loss: ten thousand weights of .1 cost .01.
DROPPED, PENALTY = 0.3, 1e-4

#: Nearly every training row right and fifteen points fewer elsewhere: the rows are known by heart.
BY_HEART, HEART_GAP = 0.95, 0.15


@cause(
    "overfitting",
    certainty="measured",
    impact="harms",
    explains=(VALIDATION_APART, "beaten-by-simple-model"),
)
def overfitting(
    curve: Curve,
    fit: Fit | None,
    metrics: Metrics | None,
    labels: Labels | None,
    baselines: Baselines | None,
    split: Split | None,
    model: Model | None,
) -> Finding | None:
    """The training loss goes on falling while the validation loss rises.

    Why it looks stuck: the training accuracy climbs towards 1 and the validation accuracy stands
    still or falls. What is learned after that point are the training rows themselves.
    How it is proved: the validation loss rises for three epochs beyond its own noise, and the gap
    is above the sampling error of the validation score. Where validation is ten times worse from the
    first epoch on, it is only suspected: batch normalisation or other rows do that. Stop early, or
    cross-validate with weight decay or dropout before and after: the validation score of the folds
    rises.

    What decides: Train with fewer weights or early stopping; a better validation loss says yes.
    """
    if fit is not None and fit.stopped_early and "EarlyStopping" in fit.callbacks:
        return None  # it was stopped for just this
    if split is not None and split.validation.classes == 1 < split.training.classes:
        return None  # one class cannot judge what was learned of several
    accuracy = accuracy_of(curve, metrics, fit, labels, baselines, split) if metrics is not None else None
    judged = accuracy if accuracy is not None and accuracy.validation and not accuracy.continuous else None
    rise, place = rise_of(curve), fit.place if fit is not None else None
    if not _gap(judged, curve):
        return None
    if rise is not None and rise.share >= RISE_SHARE:
        otherwise = _behind_at_once(curve) or (judged is not None and _still_better(judged, rise))
        certainty = Certainty.SUSPECTED if otherwise else Certainty.MEASURED
        says = (
            f"The validation loss was lowest in epoch {rise.best_epoch} ({rise.best:.4g}) and is "
            f"{curve.val_loss[-1]:.4g} now, {rise.epochs} epochs later, while the training loss fell to "
            f"{curve.loss[-1]:.4g}"
        )
    elif judged is not None and judged.last >= BY_HEART and judged.last - judged.validation[-1] > HEART_GAP:
        certainty = Certainty.SUSPECTED
        says = "Nearly every training row is right, and clearly fewer others are"
    else:
        return None
    if judged is not None:
        says += f"; accuracy {judged.last:.4f} in training and {judged.validation[-1]:.4f} in validation"
    if model is not None and model.trainable_parameters and fit is not None and fit.rows:
        says += f" ({model.trainable_parameters:,} weights for {fit.rows:,} rows)"
    return Finding(
        says=f"{says}.",
        shows={"best_epoch": rise.best_epoch if rise else None, "rise": rise.share if rise else None}
        | {"bound": RISE_SHARE, "val_loss": curve.val_loss[-1] if curve.val_loss else None},
        where=place,
        certainty=certainty,
        remedies=(
            propose("stop-early", place, patience=RISE_EPOCHS),
            *_restraints(model),
            propose("advise", text="Augment the rows, or use fewer weights."),
        ),
    )


def _restraints(model: Model | None) -> tuple[Proposal, ...]:
    """Dropout before the output and a penalty on the hidden layers, where there is none of it yet."""
    weighted = [each for each in (model.layers if model else ()) if each.kind in WITH_WIDTH]
    if model is None or len(weighted) < 2:
        return ()
    found: list[Proposal] = []
    if not any(each.rate for each in model.layers):
        found.append(propose("add-dropout", weighted[-1].place, rate=DROPPED))
    if not any(each.penalty for each in model.layers):
        places = dict.fromkeys(each.place for each in weighted[:-1])
        found.append(bundle([propose("add-penalty", place, penalty=PENALTY) for place in places]))
    return tuple(found)


def _behind_at_once(curve: Curve) -> bool:
    """Whether validation was far worse in the first epoch, before a row came a second time."""
    return curve.val_loss[0] > AT_ONCE * abs(curve.loss[0])


def _still_better(accuracy: Accuracy, rise: Rise) -> bool:
    """Whether more validation rows are right now than when their loss was lowest: surer, not worse."""
    then, now = accuracy.validation[rise.best_epoch - 1], accuracy.validation[-1]
    return now - then > standard_error(now, accuracy.validation_rows or UNCOUNTED_ROWS)


def _gap(accuracy: Accuracy | None, curve: Curve) -> bool:
    """Whether training is better than validation by more than the validation rows' sampling error."""
    if accuracy is None:
        return bool(curve.val_loss) and curve.val_loss[-1] > LOSS_RATIO * curve.loss[-1]
    validation = accuracy.validation[-1]
    error = standard_error(validation, accuracy.validation_rows or UNCOUNTED_ROWS)
    return accuracy.last - validation > STANDARD_ERRORS * error


_ACCURACY, _JUDGED = Metrics(uses=(Metric(),)), Fit(rows=1000, validation_rows=1000)
_FALLS, _RISES = [0.6, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02], [0.62, 0.5, 0.45, 0.5, 0.58, 0.66, 0.75]
overfitting.fires(
    Curve.of(loss=_FALLS, val_loss=_RISES, accuracy=[0.99] * 7, val_accuracy=[0.8] * 7), _ACCURACY, _JUDGED
)
overfitting.fires(Curve.of(loss=_FALLS, val_loss=_RISES))
overfitting.fires(
    Curve.of(loss=[0.3, 0.05], val_loss=[0.9, 0.9], accuracy=[0.9, 1.0], val_accuracy=[0.6, 0.62]),
    _ACCURACY,
    _JUDGED,
)
overfitting.fires(
    Curve.of(loss=_FALLS, val_loss=_RISES), Model(layers=(Layer(units=64), Layer(units=1))), _JUDGED
)
overfitting.quiet(Curve.of(loss=_FALLS, val_loss=[0.62, 0.45, 0.36, 0.31, 0.33, 0.3, 0.32]))
overfitting.quiet(Curve.of(loss=_FALLS, val_loss=[0.62, 0.5, 0.40, 0.44, 0.38, 0.47, 0.41]))
overfitting.quiet(
    Curve.of(loss=[0.3, 0.05], accuracy=[0.9, 0.99], val_loss=[0.2, 0.12], val_accuracy=[0.94, 0.96]),
    _ACCURACY,
    _JUDGED,
)
overfitting.quiet(  # it was stopped for just this
    Curve.of(loss=[0.9, 0.5, 0.3, 0.2, 0.1, 0.05], val_loss=[0.9, 0.6, 0.65, 0.8, 0.95, 1.1]),
    Fit(rows=500, stopped_early=True, callbacks=("EarlyStopping",)),
)
