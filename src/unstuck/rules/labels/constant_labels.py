"""The rule constant-labels."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Fit, Head, Labels, Layer, Loss, Model, Split
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import CATEGORICAL, FEW_ROWS, is_multi_label, unless_left_out
from unstuck.rules.rule import cause

ADVICE = "Repair the place where the labels are read: print some of them beside their inputs."


@cause(
    "constant-labels",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "accuracy-contradicts-loss",
        "class-imbalance",
        "dead-relu",
        "one-class-batches",
        "saturated-activations",
        "too-few-updates",
        "vanishing-gradient",
    ),
    blames=("fit.y",),
)
def constant_labels(
    labels: Labels, loss: Loss, split: Split | None, fit: Fit | None, head: Head | None, model: Model | None
) -> Finding | None:
    """All labels are the same, or many rows have none.

    Why it looks stuck: with one label there is nothing to tell apart. The loss goes to 0 and accuracy to 1.0
    within an epoch, and the predictions are useless. A one-hot row of zeros has no class and costs nothing,
    whatever is predicted.

    How it is proved: the labels are counted, and the output comes from a layer with a bias, which can answer
    one value for all rows. Where it cannot, or does not train, one target may be meant: a residual or a
    distance is trained towards 0, a generator towards the answer of a frozen discriminator. A model that is
    fitted to one label and then to another, as a discriminator in turns, is taught both.

    What to do: repair the place where the labels are read.

    What decides: Print np.unique(y, return_counts=True). One value says yes.
    """
    target = split.training if split else labels
    if loss.custom or target.count < 2 or target.form in ("text", "empty"):
        return None
    one = target.classes if target.form == "one-hot" else target.distinct
    one_label = target.form == "multi-label" and len(target.shape) == 1 and not is_multi_label(target)
    free = loss.name in CATEGORICAL and not loss.label_smoothing
    empty = target.rows_all_zero if free and one_label else 0.0
    certainty = unless_left_out(labels, loss, model)
    if one == 1:
        if labels.others_elsewhere:
            return None
        trained = fit is not None and fit.updates_before > 0  # on what nobody saw
        certainty = certainty or (None if _answers_alone(head) and not trained else Certainty.SUSPECTED)
        value = f"label {target.minimum:g}" if target.form != "one-hot" else f"class {_class(target):g}"
        says = f"All {target.count:,} training rows have {value}: there is nothing to tell apart."
    elif empty > FEW_ROWS:
        says = (
            f"{percent(empty)} of the rows have only zeros as their label: no class, so that {loss.name} "
            "costs nothing there, whatever is predicted."
        )
    else:
        return None
    return Finding(
        says=says,
        shows={"rows": target.count, "levels": one, "rows_all_zero": target.rows_all_zero, "bound": FEW_ROWS},
        where=fit.place if fit else None,
        certainty=certainty or (Certainty.MEASURED if target.sampled else None),
        remedies=(propose("advise", text=ADVICE),),
    )


def _answers_alone(head: Head | None) -> bool:
    """Whether the output's own bias can answer one value for all rows."""
    made = head.made_by if head is not None else None
    return made is not None and made.trainable_parameters > 0 and made.use_bias is not False


def _class(labels: Labels) -> float:
    return next(value for value, rows in labels.levels if rows)


constant_labels.fires(Labels.of([1] * 100), Loss(name="binary_crossentropy"))
constant_labels.fires(
    Labels.of([1] * 100), Loss(), Head(made_by=Layer(use_bias=True, trainable_parameters=9))
)
constant_labels.fires(
    Labels.of([[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1]] * 20), Loss(name="categorical_crossentropy")
)
constant_labels.quiet(Labels.of([0, 1] * 50), Loss(name="binary_crossentropy"))
constant_labels.quiet(
    Labels.of([0.0] * 100), Loss(name="contrastive", custom=True)
)  # labels that are not used
constant_labels.quiet(  # a discriminator in turns
    replace(Labels.of([1] * 100), others_elsewhere=True), Loss(name="binary_crossentropy")
)
constant_labels.quiet(Labels.of([[1, 1, 0], [0, 0, 0], [0, 1, 0]] * 20), Loss(name="binary_crossentropy"))
