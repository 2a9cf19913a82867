"""The rule zero-sample-weights."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Fit, Head, Labels, Loss
from unstuck.judgement.findings import Certainty, Finding, Impact, propose
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "zero-sample-weights",
    certainty="proved",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        "accuracy-contradicts-loss",
        "class-imbalance",
        "decisions-do-not-change",
        "frozen-layers",
        "vanishing-gradient",
    ),
    blames=("fit.sample_weight", "loss_weights"),
)
def zero_sample_weights(
    fit: Fit, labels: Labels | None, loss: Loss | None, head: Head | None
) -> Finding | None:
    """Rows, a class or an output weigh nothing in the loss.

    Why it looks stuck: the loss of each row is multiplied by its weight, and so is its gradient. What weighs
    0 is shown to the model and teaches it nothing. With all weights 0 the loss is 0.0 and no weight of the
    model ever moves.

    How it is proved: the weights of the classes stand in the fit call, the weight of an output in compile.
    Rows that `sample_weight` gives the weight 0 are counted by class.

    What to do: give each class a weight above 0; n / (classes x rows of the class) makes all count the same.

    What decides: Print the sum of sample_weight and the keys of class_weight; 0, or keys that match no label,
    say yes.
    """
    weights = fit.class_weight or _by_rows(fit, labels)
    none = [label for label, weight in weights if weight == 0 and _occurs(label, labels)]
    if none:
        found = _weightless(fit, none, labels)
        # A class number without a unit has no other use than to be left out.
        meant = all(label < 0 or (head is not None and label >= head.units > 1) for label in none)
        return replace(found, certainty=Certainty.SUSPECTED) if meant else found
    if (
        fit.class_weight
        and labels is not None
        and labels.levels
        and labels.form in ("binary", "integers", "one-hot")
    ):
        return _missed(fit, labels)
    if loss is not None and loss.weight == 0:
        return Finding(
            says="The loss of this output is multiplied by 0: nothing that this output answers moves a "
            "weight of the model. That is right only where the output is there to be watched.",
            shows={"loss_weight": 0.0},
            where=loss.place,
            certainty=Certainty.SUSPECTED,
            remedies=(
                propose("advise", text="Give the output a weight above 0 in loss_weights (1.0 is usual)."),
            ),
        )
    return None


def _by_rows(fit: Fit, labels: Labels | None) -> tuple[tuple[int, float], ...]:
    """The weights of the classes by sample_weight, where they are those of this output's classes."""
    classes = {float(label) for label, *_ in fit.weighed}
    if labels is None or classes != {level for level, rows in labels.levels if rows}:
        return ()
    return tuple((label, weight) for label, _, weight in fit.weighed)


def _occurs(label: int, labels: Labels | None) -> bool:
    """Whether a class has any rows, as far as the labels tell."""
    if labels is None or not labels.levels:
        return True
    return any(level == label and rows for level, rows in labels.levels)


def _weightless(fit: Fit, none: list[int], labels: Labels | None) -> Finding:
    """Classes that are listed with the weight 0."""
    weights = dict(fit.class_weight or ((label, weight) for label, _, weight in fit.weighed))
    present = {int(level) for level, rows in labels.levels if rows} if labels and labels.levels else None
    all_zero = present is not None and len(none) == len(weights) and present <= set(none)
    listed = ", ".join(str(label) for label in none[:4]) + (" ..." if len(none) > 4 else "")
    if all_zero:
        says = (
            f"All {len(weights)} class weights are 0: every row's loss is multiplied by 0, so the loss is "
            "0.0 and nothing is learned."
        )
    else:
        word = "class" if len(none) == 1 else "classes"
        says = (
            f"The weight of {word} {listed} is 0: those rows count nothing in the loss, and no step teaches "
            "the model to answer them."
        )
    advice = (
        "Give each class a weight above 0 (n / (classes x rows of the class) lets all count the same), or "
        f"leave {'class_weight' if fit.class_weight else 'sample_weight'} out."
    )
    return Finding(
        says=says,
        shows={"class_weight": weights, "classes_of_weight_0": len(none)},
        where=fit.place if fit.class_weight else fit.weighed_at or fit.place,
        certainty=Certainty.SUSPECTED if present is None else None,  # the classes may have no rows
        impact=Impact.BLOCKS if all_zero else None,
        remedies=(propose("advise", text=advice),),
    )


def _missed(fit: Fit, labels: Labels) -> Finding | None:
    """Class weights none of whose keys is a label: Keras applies the weight 1 to all rows, silently."""
    keys, levels = (
        [key for key, _ in fit.class_weight or ()],
        [level for level, rows in labels.levels if rows],
    )
    if any(float(key) in levels for key in keys):
        return None
    return Finding(
        says=f"class_weight lists {keys[:6]}, and none of these is among the labels ({labels.describe()}): "
        "every row keeps the weight 1.",
        shows={"keys": keys, "labels": levels[:20]},
        where=fit.place,
        impact=Impact.MISLEADS,
        remedies=(propose("advise", text="Use the numbers of the labels as keys of class_weight."),),
    )


zero_sample_weights.fires(
    Fit(class_weight=((0, 0.0), (1, 0.0)))
)  # as suspected: rows may be of other classes
zero_sample_weights.fires(Fit(class_weight=((0, 0.0), (1, 0.0))), Labels.of([0, 1] * 50))
zero_sample_weights.fires(Fit(class_weight=((0, 0.0), (1, 1.0))), Labels.of([0, 1] * 50))
zero_sample_weights.fires(Fit(class_weight=((1, 1.0), (2, 5.0))), Labels.of([-1] * 50 + [0] * 50))
zero_sample_weights.fires(Fit(), Loss(weight=0.0))
_FLOORED = Fit(sample_weight=True, weighed=((0, 90, 0.0), (1, 10, 1.0)))  # 10 // 90 is 0
zero_sample_weights.fires(_FLOORED, Labels.of([0] * 90 + [1] * 10))
zero_sample_weights.quiet(_FLOORED, Labels.of([0.5, 1.5, 2.5] * 30))  # another output
zero_sample_weights.quiet(
    Fit(sample_weight=True, weighed=((0, 90, 0.6), (1, 10, 5.0))), Labels.of([0] * 90 + [1] * 10)
)
zero_sample_weights.quiet(Fit(class_weight=((0, 0.5), (1, 5.0))), Loss())
zero_sample_weights.quiet(Fit(class_weight=((1, 5.0),)), Labels.of([0] * 90 + [1] * 10))  # the others keep 1
zero_sample_weights.quiet(Fit())
zero_sample_weights.quiet(Fit(class_weight=((0, 1.0), (1, 1.0), (2, 0.0))), Labels.of([0, 1] * 50))
