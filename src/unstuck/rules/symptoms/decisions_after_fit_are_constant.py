"""Symptom: what the script decides by the answers after the fit is the same for every row."""

from __future__ import annotations

from unstuck.evidence.facts import AnswersUsed, Head, Labels, Place
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import symptom


@symptom("decisions-after-fit-are-constant")
def decisions_after_fit_are_constant(used: AnswersUsed, head: Head, labels: Labels | None) -> Finding | None:
    """The script's own decisions are class 0 for every row, whatever the model answers.

    It takes the argmax along the columns of the answers, and the model's output has one column. A score that
    is counted of such decisions is the share of class 0, however well the training went. The script is read,
    not run; only what stands on every way through it counts.
    """
    place = used.largest_at
    if place is None or head.shape != (1,):
        return None
    zero = labels.shares.get(0.0) if labels is not None and labels.form == "binary" else None
    scored = (
        "" if zero is None else f" Counted of them, an accuracy is the share of class 0: {zero:.4f} here."
    )
    return Finding(
        says=f"After the fit, line {place.line} decides for the largest of the columns of an answer. The "
        f"output has one column, so every row is decided as class 0.{scored}",
        shows={"columns": 1, "share_of_class_0": zero, "line": place.line},
    )


_DECIDED = AnswersUsed(largest_at=Place(file="train.py", line=31))
decisions_after_fit_are_constant.fires(
    _DECIDED, Head(activation="sigmoid", units=1), Labels.of([0] * 30 + [1] * 50)
)
decisions_after_fit_are_constant.quiet(_DECIDED, Head(activation="softmax", units=2, shape=(2,)))
decisions_after_fit_are_constant.quiet(AnswersUsed(), Head(activation="sigmoid", units=1))
