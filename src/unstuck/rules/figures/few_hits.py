"""The accuracy counts a few hits while the loss is small."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import close_to_chance, finite, goes, has_fallen, over, stands_still
from unstuck.rules.sign import fit, sign

#: "Tiny": no task of up to twenty classes is guessed as badly.
_TINY = 0.05

#: Few hits come and go by so many points when a row is decided otherwise.
_MOVES = 0.005

#: The least squared error of a wrong binary decision, (1/2)^2; cross-entropy asks at least ln 2.
_WRONG_ROW = 0.25


@sign(
    "few-hits",
    rank=40,
    covers=(
        "accuracy-never-moves",
        "loss-falls-accuracy-does-not",
        "validation-one-sided",
        "low-loss-fixed-accuracy",
        "wrong-rows-cost-too-much",
    ),
)
def few_hits(run: LoggedRun) -> Finding | None:
    """The accuracy is tiny and does not move while the loss falls, or is lower than so many errors cost.

    An accuracy compares each target with a rounded prediction. Of a continuous target only the few
    values that are exactly 0 or 1 (or the row where both happen to agree) can be hits: k of n, for
    ever. A wrong decision costs at least .25 in squared error and .69 in cross-entropy, so a loss
    below .25 x (1 - accuracy) is none of a classifier.
    """
    losses, accuracy = run.loss, run.accuracy
    if not (finite(losses) and finite(accuracy)) or accuracy[-1].value > _TINY:
        return None
    later = accuracy[1:] or accuracy
    if max(right.value for right in later) - min(right.value for right in later) > _MOVES:
        return None
    last, right = losses[-1], accuracy[-1]
    least = _WRONG_ROW * (1.0 - right.value)
    contradicts = last.high < least and not _one_hot(last.value, right.value)
    if not contradicts and not (stands_still(accuracy[-3:]) and has_fallen(losses) and not _chance(run)):
        return None
    rows = run.rows or (run.total if run.unit == "rows" else None)
    hits = f" On {rows:,} rows that is {round(right.value * rows):,} hits." if rows else ""
    why = (
        f"A wrong decision costs at least .25, so {1 - right.value:.4f} wrong ones would cost {least:.4f} "
        "or more"
        if contradicts
        else "What is minimised improves, what is counted does not"
    )
    return Finding(
        says=f"The accuracy {goes(accuracy)} while the loss {goes(losses)} {over(len(losses))}.{hits} "
        f"{why}: the accuracy counts something that this model is not asked for.",
        shows={"accuracy": right.value, "loss": last.value, "least_loss_of_a_classifier": least},
        fits=(
            fit("accuracy-on-continuous-target", "Only targets that are exactly 0 or 1 can be hits."),
            fit("exact-equality-accuracy", "Such an accuracy is near 0 for any probabilities."),
            fit("target-not-scaled", "The loss alone can tell how far a regression has come."),
        )[: 2 if last.value < 1.0 else 3],
    )


def _one_hot(loss: float, right: float) -> bool:
    """Whether a squared error of many one-hot columns explains the low loss: at most (K-1)/K^2."""
    classes = round(1.0 / right) if right > 0.0 else 0
    return classes > 1 and abs(loss - (classes - 1) / classes**2) < 0.05 / classes


def _chance(run: LoggedRun) -> bool:
    """Whether the accuracy is that of guessing one of many classes."""
    right = run.accuracy[-1]
    classes = round(1.0 / right.value) if right.value > 0.0 else 0
    return classes > 1 and run.classes == classes and close_to_chance(right, classes)


few_hits.fires(
    LoggedRun.of(loss=[0.1072, 0.0019, 0.0010, 0.00076], accuracy=[0.0105, 0.0116, 0.0116, 0.0116])
)
few_hits.fires(LoggedRun.of(loss=[812.4, 300.1, 121.7], accuracy=[0.0056] * 3))
few_hits.fires(LoggedRun.of(loss=[0.02, 0.01], accuracy=[0.0, 0.0]))
few_hits.quiet(LoggedRun.of(loss=[6.9, 6.1, 5.0], accuracy=[0.001, 0.02, 0.06]))
few_hits.quiet(LoggedRun.of(loss=[2.3026] * 3, accuracy=[0.1] * 3))
