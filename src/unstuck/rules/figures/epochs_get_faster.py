"""The epochs become much faster, and from then on every row is right."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.sign import fit, sign

#: Compiling makes a first epoch slower by seconds; a fifth of at least so many seconds is more than that.
_TIMES, _SECONDS = 5.0, 5.0

#: "Every row": what is printed as 1.0000, or no accuracy at all.
_ALL, _BEFORE = 0.9999, 0.97


@sign("epochs-get-faster", rank=50)
def epochs_get_faster(run: LoggedRun) -> Finding | None:
    """From one epoch to the next the time falls to under a fifth and the accuracy jumps to 1 (or 0).

    A generator that has given all its rows has none left for the next epoch. Empty or repeated batches pass
    quickly, and what is not there is never wrong.
    """
    together = list(zip(run.seconds, run.series.get(run.accuracy_name, ()), run.epochs, strict=False))
    for (before, was, _), (_, right, epoch) in pairwise(together):
        if before is None or before < _SECONDS or was is None or right is None:
            continue
        rest = [taken for taken, _, number in together if taken is not None and number >= epoch]
        if not rest or median(rest) * _TIMES > before:
            continue
        if (
            was.finite
            and right.finite
            and was.value < _BEFORE
            and (right.value >= _ALL or right.value == 0.0)
        ):
            return Finding(
                says=f"From epoch {epoch} on an epoch takes {median(rest):.2g} s instead of {before:.3g} s, "
                f"and the accuracy goes from {was} to {right} at once: there are hardly any rows left to be "
                "wrong about.",
                shows={"seconds_before": before, "seconds_after": median(rest), "epoch": epoch},
                fits=(
                    fit(
                        "repeated-or-empty-batches",
                        "A generator that has come to its end gives nothing more.",
                    ),
                    fit("constant-labels", "What is left may be rows of one class."),
                ),
            )
    return None


epochs_get_faster.fires(
    LoggedRun.of(loss=[0.6, 0.0, 0.0], accuracy=[0.72, 1.0, 1.0]).but(seconds=(61.0, 2.0, 2.0))
)
epochs_get_faster.quiet(
    LoggedRun.of(loss=[0.6, 0.3, 0.2], accuracy=[0.72, 0.86, 0.9]).but(seconds=(61.0, 2.0, 2.0))
)
epochs_get_faster.quiet(LoggedRun.of(loss=[0.3, 0.01], accuracy=[0.9, 1.0]).but(seconds=(3.0, 0.1)))
