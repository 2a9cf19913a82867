"""The training loss falls while the validation loss rises."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Fit, Metric, Metrics
from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite
from unstuck.rules.generalisation.overfitting import overfitting as rule
from unstuck.rules.sign import fit, sign

#: Fewer epochs show no rise that lasts.
_FEWEST = 2


@sign("overfitting", rank=55)
def overfitting(run: LoggedRun) -> Finding | None:
    """The rule of the same name, on the logged curve: the validation loss has risen for three epochs or more.

    A rise within the noise of the validation rows, or one that early stopping ended, is no cause.
    """
    if len(run.val_loss) < _FEWEST or not finite(run.loss) or not finite(run.val_loss):
        return None
    if "stopped-early" in run.warnings or len(run.loss) != len(run.val_loss):
        return None
    curve = Curve(epochs={name: tuple(figure.value for figure in run.get(name)) for name in run.series})
    name = run.accuracy_name
    judged = [Metrics(uses=(Metric(name=name),))] if name and finite(run.val_accuracy) else []
    finding = rule(curve, Fit(rows=run.rows, validation_rows=run.validation_rows), *judged)
    if finding is None:
        return None
    because = "Training improves, validation does not."
    return Finding(
        says=finding.says,
        shows=finding.shows,
        fits=(fit("overfitting", because, finding.certainty or "suspected"),),
    )


_FALLS, _RISES = [0.6, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02], [0.62, 0.5, 0.45, 0.5, 0.58, 0.66, 0.75]
overfitting.fires(LoggedRun.of(loss=_FALLS, val_loss=_RISES, accuracy=[0.99] * 7, val_accuracy=[0.8] * 7))
overfitting.quiet(LoggedRun.of(loss=_FALLS, val_loss=[0.62, 0.45, 0.36, 0.31, 0.33, 0.3, 0.32]))
