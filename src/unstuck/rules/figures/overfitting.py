"""The training loss falls while the validation loss rises."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.rules.arithmetic import finite
from unstuck.rules.sign import Certainty, Fit, Seen, sign

#: Fewer epochs show no rise that lasts.
_FEWEST = 2

#: The rule asks for more than this where the validation loss has not risen.
_GAP = 0.1


@sign("overfitting", rank=55)
def overfitting(run: LoggedRun) -> Seen | None:
    """The rule of the same name, on the logged curve: the validation loss has risen for three epochs or more.

    A rise within the noise of the validation rows, or one that early stopping ended, is no cause.
    """
    if len(run.val_loss) < _FEWEST or not finite(run.loss) or not finite(run.val_loss):
        return None
    if "stopped-early" in run.warnings or len(run.loss) != len(run.val_loss):
        return None
    if not _may_overfit(run):
        return None
    # Records and rules bring numpy along, which other logs do not need.
    from unstuck.evidence.facts import Curve, Metric, Metrics
    from unstuck.evidence.facts import Fit as FitCall
    from unstuck.rules.generalisation.overfitting import overfitting as rule

    curve = Curve(epochs={name: tuple(figure.value for figure in run.get(name)) for name in run.series})
    name = run.accuracy_name
    judged = [Metrics(uses=(Metric(name=name),))] if name and finite(run.val_accuracy) else []
    fit = FitCall(rows=run.rows, validation_rows=run.validation_rows)
    finding = rule(curve, fit, *judged)
    if finding is None:
        return None
    certainty: Certainty = "measured" if finding.certainty == "measured" else "suspected"
    return Seen(
        says=finding.says,
        shows=finding.shows,
        certainty=certainty,
        fits=(Fit("overfitting", "Training improves, validation does not.", certainty),),
    )


def _may_overfit(run: LoggedRun) -> bool:
    """Whether validation is behind at all: else the rule has nothing to find."""
    rises = run.val_loss[-1].value > min(loss.value for loss in run.val_loss)
    gap = (
        bool(run.accuracy and run.val_accuracy) and run.accuracy[-1].value - run.val_accuracy[-1].value > _GAP
    )
    return rises or gap


_FALLS, _RISES = [0.6, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02], [0.62, 0.5, 0.45, 0.5, 0.58, 0.66, 0.75]
overfitting.fires(LoggedRun.of(loss=_FALLS, val_loss=_RISES, accuracy=[0.99] * 7, val_accuracy=[0.8] * 7))
overfitting.quiet(LoggedRun.of(loss=_FALLS, val_loss=[0.62, 0.45, 0.36, 0.31, 0.33, 0.3, 0.32]))
