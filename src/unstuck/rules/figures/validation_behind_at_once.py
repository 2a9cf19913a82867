"""Validation is far behind training from the first epoch on."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite
from unstuck.rules.sign import fit, sign

#: In the first epoch a tenth is beyond the sampling error of a few hundred validation rows (3 x .03).
_FIRST_GAP = 0.1

#: It stays: the last epoch's gap is larger, and validation has under three quarters of training's score.
_LAST_GAP, _SHARE = 0.15, 0.75

#: Without an accuracy: a validation loss of ten times the training loss, which no choice of rows makes.
_TIMES = 10.0

#: A loss of 0 makes no ratio; one below it is of another kind.
_LEAST = 1e-12


@sign("validation-behind-at-once", rank=50, covers=("overfitting",))
def validation_behind_at_once(run: LoggedRun) -> Finding | None:
    """The validation accuracy is far below the training accuracy in the first epoch already, and stays there.

    In the first epoch every row is new when it comes, so that the training figure is an honest score, and
    even a low one: it averages over the first steps. Validation, judged at the end, is mostly higher. What is
    behind at once was not learned by heart: the network or the rows are others. Without an accuracy, a
    validation loss of ten times the training loss says the same.
    """
    if not run.accuracy:
        return _of_losses(run)
    pairs = run.both(run.accuracy_name, f"val_{run.accuracy_name}")
    if len(pairs) < 2 or run.epochs[0] != 1 or not finite([each for pair in pairs for each in pair]):
        return None
    (first, first_judged), (last, judged) = pairs[0], pairs[-1]
    if first.value - first_judged.value <= _FIRST_GAP or last.value - judged.value <= _LAST_GAP:
        return None
    if judged.value >= _SHARE * last.value:
        return None
    return Finding(
        says=f"Validation is behind from the first epoch on ({first_judged} against {first} in training) "
        f"and stays so ({judged} against {last}). In a first epoch every row is new, so this was not "
        "learned by heart.",
        shows={"first_gap": first.value - first_judged.value, "last_gap": last.value - judged.value},
        fits=_FITS,
    )


def _of_losses(run: LoggedRun) -> Finding | None:
    """The same, where only losses are logged."""
    pairs = run.both("loss", "val_loss")
    if len(pairs) < 2 or run.epochs[0] != 1 or not finite([each for pair in pairs for each in pair]):
        return None
    (first, first_judged), (last, judged) = pairs[0], pairs[-1]
    if min(first.value, last.value) < 0.0:
        return None
    times = first_judged.value / max(first.value, _LEAST)
    if min(times, judged.value / max(last.value, _LEAST)) <= _TIMES:
        return None
    far = f"{times:.0f} times the training loss" if first.value > _LEAST else "far above the training loss"
    return Finding(
        says=f"The validation loss is {far} in the first epoch already ({first_judged} against {first}) and "
        f"stays far above it ({judged} against {last}). In a first epoch every row is new, so this was not "
        "learned by heart.",
        shows={"first_val_loss": first_judged.value, "first_loss": first.value, "bound": _TIMES},
        fits=_FITS,
    )


_FITS = (
    fit("batchnorm-inference-gap", "Moving statistics need some hundred steps to come near the batches'."),
    fit("validation-preprocessed-differently", "Validation rows may come in another form."),
    fit("one-sided-validation-split", "Validation rows may be of other classes than the training rows."),
)

validation_behind_at_once.fires(
    LoggedRun.of(loss=[2.0, 1.1], accuracy=[0.341, 0.7308], val_loss=[2.1, 1.95], val_accuracy=[0.197, 0.425])
)
validation_behind_at_once.fires(
    LoggedRun.of(loss=[0.6123, 0.3123, 0.1523], val_loss=[398.12, 441.22, 499.12])
)
validation_behind_at_once.fires(LoggedRun.of(loss=[0.0, 0.0], val_loss=[0.4, 0.5]))
validation_behind_at_once.quiet(
    LoggedRun.of(
        loss=[1.5, 0.9, 0.3],
        accuracy=[0.45, 0.7, 0.92],
        val_loss=[1.8, 1.1, 0.9],
        val_accuracy=[0.35, 0.62, 0.74],
    )
)
