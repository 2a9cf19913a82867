"""Cause: padded steps count in the accuracy, and in the loss, as answers."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Curve, Fit, Metric, Metrics, Padded, Place, Reference
from unstuck.judgement.findings import Blame, Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.padding_counted import lifted
from unstuck.rules.rule import cause


@cause(
    "padding-counted-in-metric",
    certainty="measured",
    impact="misleads",
    explains=("padding-lifts-accuracy", "class-imbalance"),
)
def padding_counted_in_metric(
    reference: Reference, metrics: Metrics, curve: Curve, fit: Fit | None
) -> Finding | None:
    """Steps that only fill rows up count as right answers.

    Why it looks stuck: it does not. Rows of eight words in sixty steps are 87% padding, whose class is
    always the same: the accuracy is .87 once that is known, and .94 where half of the words are wrong. In the
    loss the padding counts as well, so that little of a step is for the words.

    How it is proved: padding is a value that ends (or begins) rows of different lengths, hardly stands
    elsewhere, and always has one class. The network's decisions are counted at these steps and at the
    others; the reported accuracy is that of both together, not that of the others.

    What to do: weigh each step, 1 where something stands and 0 for padding, as `sample_weight`, and name the
    accuracy in `weighted_metrics`.

    What decides: Take the accuracy of predict(x) at the steps that are no padding.
    """
    found = lifted(reference, metrics, curve)
    if found is None:
        return None
    padded, place = found.padded, fit.place if fit is not None else None
    return Finding(
        says=f"{percent(padded.share)} of the steps are padding ({padded.value:g} in the input, always of "
        f"class {padded.label:g}) and count in {found.name} as any other: {found.reported:.4f} is reported, "
        f"and of the other steps {padded.right:.4f} are right.",
        shows={
            "padding": padded.share,
            "reported": found.reported,
            "without_padding": padded.right,
            "class": padded.label,
        },
        where=place,
        # Of rows in arrays their labels; of a data set the line that gives a batch, which lacks its weights.
        blamed=(Blame(at=place, names=("y" if fit.data == "arrays" else "batches",)),)
        if fit is not None and place is not None
        else (),
        remedies=(
            propose(
                "advise",
                at=place,
                text="Give each step a weight, 0.0 at the padding and 1.0 elsewhere, as sample_weight (the "
                "third of a batch, for validation rows as well), and the accuracy as weighted_metrics in "
                "compile.",
            ),
        ),
    )


_ACCURACY = Metrics(uses=(Metric(resolved="sparse_categorical_accuracy"),))
_CURVE = Curve.of(accuracy=[0.83, 0.94], val_accuracy=[0.9, 0.937])
_PADDED = Padded(share=0.9, everywhere=0.937, at_padding=1.0, right=0.4, places=798, most=0.21)
_JUDGED = Reference(judged=128, padded=_PADDED)
padding_counted_in_metric.fires(_JUDGED, _ACCURACY, _CURVE, Fit(place=Place(file="train.py", line=20)))
padding_counted_in_metric.quiet(_JUDGED, _ACCURACY, Curve.of(accuracy=[0.4], val_accuracy=[0.4]))
padding_counted_in_metric.quiet(
    replace(_JUDGED, padded=replace(_PADDED, everywhere=0.995, right=0.95)),
    _ACCURACY,
    Curve.of(accuracy=[0.99], val_accuracy=[0.995]),
)
padding_counted_in_metric.quiet(Reference(judged=128), _ACCURACY, _CURVE)
