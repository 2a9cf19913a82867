"""`evaluate` on as many rows as were trained on gives a far lower accuracy."""

from __future__ import annotations

from unstuck.evidence.printed.run import Evaluation, LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.sign import fit, sign

#: The training figure averages over an epoch in which the weights changed; this is beyond it.
_GAP = 0.15


@sign("training-above-evaluation", rank=50, covers=("overfitting",))
def training_above_evaluation(run: LoggedRun) -> Finding | None:
    """The accuracy of training is far above that of `evaluate` over the same number of steps.

    If they are the same rows, the network itself differs: batch normalisation takes its moving statistics
    at inference, dropout is off. The log shows only that the number of steps is the same.
    """
    if not run.accuracy or not run.accuracy[-1].finite:
        return None
    training = run.accuracy[-1]
    found = next((each for each in run.evaluations if _same_rows(each, run)), None)
    if found is None:
        return None
    judged = found.figures[run.accuracy_name]
    if not judged.finite or training.value - judged.value <= _GAP:
        return None
    return Finding(
        says=f"fit ended at an accuracy of {training}; evaluate over the same {found.total:,} "
        f"{run.unit or 'steps'} gives {judged}. If these are the same rows, the network answers differently "
        "in training and at inference.",
        shows={"accuracy": training.value, "evaluated": judged.value, "bound": _GAP},
        fits=(
            fit(
                "batchnorm-inference-gap",
                "Batch normalisation uses its moving statistics in evaluate only; a frozen base that took "
                "those of the batches in training does the same.",
            ),
            fit("noise-after-output", "Noise or dropout behind the output works in training only."),
            fit("overfitting", "If evaluate had other rows, these were not learned."),
        ),
    )


def _same_rows(each: Evaluation, run: LoggedRun) -> bool:
    return each.total is not None and each.total == run.total and run.accuracy_name in each.figures


def _example(evaluated: float) -> LoggedRun:
    judged = LoggedRun.of(loss=[1.2], accuracy=[evaluated])
    figures = {name: judged.get(name)[0] for name in ("loss", "accuracy")}
    run = LoggedRun.of(loss=[0.6, 0.38], accuracy=[0.7, 0.86])
    return run.but(total=40, unit="steps", evaluations=(Evaluation(figures, 40),))


training_above_evaluation.fires(_example(0.5))
training_above_evaluation.quiet(_example(0.88))
