"""Symptom: the accuracy is high for padded steps, and far lower at the others."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Curve, Metric, Metrics, Padded, Reference
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import percent
from unstuck.rules.padding_counted import lifted
from unstuck.rules.rule import symptom


@symptom("padding-lifts-accuracy")
def padding_lifts_accuracy(reference: Reference, metrics: Metrics, curve: Curve) -> Finding | None:
    """The accuracy is far above the share of right answers at the steps that hold something.

    The network decides at each step of a row, and rows are filled up to one length. Its right decisions are
    counted at the padded steps and at the others, of which it knows little, and the reported accuracy is that
    of both together.
    """
    found = lifted(reference, metrics, curve)
    if found is None:
        return None
    padded = found.padded
    return Finding(
        says=f"{found.name} is {found.reported:.4f}. Of the decisions at the {padded.places:,} steps of "
        f"{reference.judged:,} rows that are no padding {padded.right:.4f} are right; always the most "
        f"frequent class there gets {padded.most:.4f}. At the padding, {percent(padded.share)} of the steps, "
        f"{padded.at_padding:.4f} are right.",
        shows={
            "reported": found.reported,
            "without_padding": padded.right,
            "at_padding": padded.at_padding,
            "most_frequent": padded.most,
            "padding": padded.share,
        },
    )


_ACCURACY = Metrics(uses=(Metric(resolved="sparse_categorical_accuracy"),))
_CURVE = Curve.of(accuracy=[0.83, 0.94], val_accuracy=[0.9, 0.937])
_PADDED = Padded(share=0.9, everywhere=0.937, at_padding=1.0, right=0.4, places=798, most=0.21)
_JUDGED = Reference(judged=128, padded=_PADDED)
padding_lifts_accuracy.fires(_JUDGED, _ACCURACY, _CURVE)
padding_lifts_accuracy.fires(replace(_JUDGED, on="training"), _ACCURACY, Curve.of(accuracy=[0.83, 0.91]))
# A mask or weights keep the padding out: the figure is that of the other steps.
padding_lifts_accuracy.quiet(_JUDGED, _ACCURACY, Curve.of(accuracy=[0.3, 0.41], val_accuracy=[0.3, 0.4]))
padding_lifts_accuracy.quiet(
    replace(_JUDGED, padded=replace(_PADDED, everywhere=0.995, right=0.95)),
    _ACCURACY,
    Curve.of(accuracy=[0.99], val_accuracy=[0.995]),
)
# Text that nobody can go on writing for certain: the model knows far more than the most frequent letter.
padding_lifts_accuracy.quiet(
    replace(_JUDGED, padded=replace(_PADDED, share=0.5, everywhere=0.8, right=0.6, most=0.2)),
    _ACCURACY,
    Curve.of(accuracy=[0.8], val_accuracy=[0.8]),
)
padding_lifts_accuracy.quiet(
    replace(_JUDGED, padded=replace(_PADDED, share=0.2, everywhere=0.52)),
    _ACCURACY,
    Curve.of(accuracy=[0.52], val_accuracy=[0.52]),
)
padding_lifts_accuracy.quiet(Reference(judged=128), _ACCURACY, _CURVE)
