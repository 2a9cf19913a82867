"""Every figure of training is the same to all its digits in each epoch."""

from __future__ import annotations

from unstuck.evidence.printed.names import COUNTERS
from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import STAYS, finite, stands_still
from unstuck.rules.sign import fit, sign

#: With all digits of a float even two epochs are not the same by accident.
_ALL_DIGITS = 1e-5

#: A loss that is this small and does not move has ended, not stuck.
_ENDED = 0.01

#: What stops all weights, besides a rate of 0.
_STOPPED = ("frozen-layers", "no-gradient-path", "half-precision-underflow", "dead-relu")

_NO_METRIC = ("learning_rate", "lr")


@sign(
    "nothing-moves",
    rank=45,
    covers=(
        "training-below-validation",
        "accuracy-never-moves",
        "one-answer-for-all",
        "loss-stands-still",
    ),
)
def nothing_moves(run: LoggedRun) -> Finding | None:
    """The loss and all metrics are identical from epoch to epoch: the weights do not move.

    Shuffling alone changes the mean of an epoch in its last digits as long as weights move between
    batches. Identical digits mean that no update has an effect: no trainable weight, a learning rate of
    0, half precision steps that are skipped, or no gradient.
    """
    names = [name for name in run.series if name not in _NO_METRIC and name.lower() not in COUNTERS]
    figures = [run.get(name) for name in names]
    if len(run.loss) < 2 or not all(finite(each) for each in figures) or abs(run.loss[-1].value) < _ENDED:
        return None
    least = 2 if run.loss[-1].half < _ALL_DIGITS and len(names) > 1 else STAYS
    if not all(stands_still(each, least) for each in figures if each):
        return None
    zero = run.learning_rate and run.learning_rate[0].value == 0.0
    told = "Then no step has an effect."
    rate = fit("learning-rate-too-low", "The log shows a learning rate of 0." if zero else told)
    frozen, *others = (fit(cause, told) for cause in _STOPPED)
    return Finding(
        says=f"All {len(names)} figures are the same to their last digit in {len(run.loss)} epochs (loss "
        f"{run.loss[-1]}): as if the weights did not move.",
        shows={"loss": run.loss[-1].value, "epochs": len(run.loss), "figures": len(names)},
        fits=(rate, frozen, *others) if zero else (frozen, rate, *others),
    )


nothing_moves.fires(LoggedRun.of(loss=[0.8241] * 3, accuracy=[0.4713] * 3))
nothing_moves.fires(LoggedRun.of(decimals=None, loss=[0.82412345] * 2, accuracy=[0.4713] * 2))
nothing_moves.quiet(LoggedRun.of(loss=[0.8241, 0.8239, 0.8237], accuracy=[0.4713] * 3))
nothing_moves.quiet(LoggedRun.of(loss=[0.0001] * 4, accuracy=[1.0] * 4))
