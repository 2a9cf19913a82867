"""The rule labels-not-zero-based."""

from __future__ import annotations

from unstuck.evidence.facts import Environment, Fit, Head, Labels, Loss, Model, WrittenTargets
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import (
    DIVERGES,
    DOES_NOT_FIT,
    LEARNING_ENDS,
    LEARNS_LITTLE,
    METRIC_LIES,
    NOTHING_LEARNED,
)
from unstuck.rules.objective._common import SPARSE, unless_left_out
from unstuck.rules.rule import cause

#: What a backend does with a class number that has no unit.
THEN = {
    "tensorflow": "TensorFlow raises an error on the CPU and gives NaN on a GPU",
    "jax": "JAX takes them without a word, and they can never be right",
    "torch": "torch raises an error",
}


@cause(
    "labels-not-zero-based",
    certainty="proved",
    impact="blocks",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS, METRIC_LIES, DIVERGES, DOES_NOT_FIT, "nan-loss"),
    blames=("fit.y",),
)
def labels_not_zero_based(
    labels: Labels,
    head: Head,
    loss: Loss,
    environment: Environment | None,
    fit: Fit | None,
    model: Model | None,
) -> Finding | None:
    """Class numbers do not run from 0 to K - 1.

    Why it looks stuck: sparse categorical cross-entropy takes the label for the number of a unit. With K
    units the numbers are 0 to K - 1. Labels from 1 to K, with gaps, or below 0 leave rows whose unit does
    not exist.

    How it is proved: the labels are counted and compared with the units. Rows whose unit does not exist
    cannot be right, so accuracy cannot exceed the share of the others.

    What to do: subtract the lowest label, or number the classes anew from 0.

    What decides: Print np.unique(y) and the units of the output; a label of K or more says yes.
    """
    whole = labels.form in ("binary", "signed", "integers")
    if loss.name not in SPARSE or not whole or head.units <= 1:
        return None
    outside = labels.minimum < 0 or labels.maximum >= head.units
    fits = labels.distinct <= head.units
    lost = _lost(labels, head.units, loss.ignore_class)
    left_out = loss.ignore_class is not None and not lost
    if not outside or not fits or left_out:
        return None
    bound = (
        ""
        if lost is None
        else f" {percent(lost)} of the rows have no unit: accuracy cannot exceed {1 - lost:.4f}."
    )
    then = f" {THEN[environment.backend]}." if environment and environment.backend in THEN else ""
    return Finding(
        says=f"The labels are {labels.distinct} class numbers from {labels.minimum:g} to "
        f"{labels.maximum:g}, but {head.units} units stand for the numbers 0 to "
        f"{head.units - 1}.{bound}{then}",
        shows={"minimum": labels.minimum, "maximum": labels.maximum, "units": head.units, "lost": lost},
        where=loss.place,
        # pixels may hold a label that is meant to be ignored
        certainty=Certainty.SUSPECTED if labels.shape else unless_left_out(labels, loss, model),
        remedies=(_remedy(labels, head.units, fit),),
    )


def _lost(labels: Labels, units: int, ignored: int | None) -> float | None:
    """The share of rows whose label counts and has no unit, None where the labels were not counted."""
    if not labels.levels:
        return None
    return sum(share for value, share in labels.shares.items() if value != ignored and not 0 <= value < units)


def _remedy(labels: Labels, units: int, fit: Fit | None) -> Proposal:
    """Shift the labels where that makes them fit; number them anew where they have gaps."""
    place = fit.place if fit else None
    if labels.maximum - labels.minimum < units:
        return propose("shift-labels", at=place, by=-int(labels.minimum))
    return propose("encode-labels", at=place)


labels_not_zero_based.fires(
    Labels.of([1, 2, 3] * 50),
    Head(activation="softmax", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy"),
)
labels_not_zero_based.fires(
    Labels.of([0, 2, 7] * 50),
    Head(activation="softmax", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy"),
    Environment(backend="jax"),
)
labels_not_zero_based.quiet(
    Labels.of([0, 1, 2] * 50),
    Head(activation="softmax", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy"),
)
labels_not_zero_based.quiet(  # the label that has no unit counts for nothing
    Labels.of([0, 1, 2, 255] * 50),
    Head(activation="softmax", units=4, shape=(4,)),
    Loss(name="sparse_categorical_crossentropy", ignore_class=255),
)
labels_not_zero_based.quiet(  # unit 0 is never used: harmless
    Labels.of([1, 2, 3] * 50),
    Head(activation="softmax", units=4, shape=(4,)),
    Loss(name="sparse_categorical_crossentropy"),
)


#: What may bring class numbers back to 0, 1, 2, ...
_BACK = ("subtract", "compare", "modulo", "fit_transform", "transform", "factorize", "searchsorted")


@labels_not_zero_based.in_source("suspected")
def in_source(loss: Loss, targets: WrittenTargets) -> Finding | None:
    """Class numbers that a number was added to."""
    step = targets.last("add", "add-to", *_BACK)
    if loss.name not in SPARSE or step is None or step.kind not in ("add", "add-to"):
        return None
    if not isinstance(step.value, (int, float)) or step.value < 1:
        return None
    return Finding(
        says=f"{step.value:g} is added to the class numbers, but {loss.name} counts the classes from 0: if "
        "they began at 0 before, the first unit is never used and the last class has none.",
        shows={"added": step.value},
        where=step.place,
        remedies=(propose("advise", text="Leave the class numbers as they are: 0, 1, 2, ..."),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y + 1)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y + 1)
""")
in_source.quiet("""
numbers = y + 1
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, numbers - 1)
""")
