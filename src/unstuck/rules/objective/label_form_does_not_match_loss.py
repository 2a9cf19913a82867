"""The rule label-form-does-not-match-loss."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve, Head, Labels, Loss, WrittenTargets
from unstuck.evidence.facts.code import made_one_hot
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DIVERGES, DOES_NOT_FIT, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import CATEGORICAL, SPARSE
from unstuck.rules.rule import cause

#: A loss this near its least is there; the mean of an epoch is over weights that still move.
_AT_FLOOR = 0.02

#: Sums of float32 come out below the exact figure by some 1e-6 of it, means of unlike batches by more.
_BELOW_FLOOR = 1e-3


@cause(
    "label-form-does-not-match-loss",
    certainty="proved",
    impact="blocks",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, DIVERGES, DOES_NOT_FIT, "metric-does-not-match-task"),
    blames=("loss",),
)
def label_form_does_not_match_loss(
    labels: Labels, head: Head, loss: Loss, curve: Curve | None
) -> Finding | None:
    """The labels are class numbers where the loss expects columns, or the other way round.

    Why it looks stuck: `categorical_crossentropy` expects one column of 0 and 1 a class,
    `sparse_categorical_crossentropy` a single class number. With the other form Keras 3 raises an error, and

    How it is proved: the shape of the labels is compared with the output's and with what the loss reads.

    What to do: the other of the two losses.
    """
    if head.units <= 1 or len(head.shape) > 1 or labels.form in ("text", "empty"):
        return None
    columns = labels.shape == (head.units,)
    if loss.name in SPARSE and columns:
        has, expects, wanted = f"rows of {head.units} columns", "single class numbers", CATEGORICAL[0]
    elif loss.name in CATEGORICAL and not labels.shape and labels.form in ("binary", "integers"):
        has, expects, wanted = "single class numbers", f"rows of {head.units} columns of 0 and 1", SPARSE[0]
    else:
        return _stretched(labels, head, loss, curve)
    return Finding(
        says=f"The labels are {has}, but {loss.name} expects {expects}.",
        shows={"label_shape": labels.shape, "output_shape": head.shape, "loss": loss.name},
        where=loss.place,
        # A loss of the user's own may stretch a column of labels where Keras's raises an error.
        certainty=Certainty.SUSPECTED if loss.custom else None,
        remedies=(propose("set-loss", at=loss.place, loss=wanted),),
    )


def _stretched(labels: Labels, head: Head, loss: Loss, curve: Curve | None) -> Finding | None:
    """Class numbers that an own cross-entropy multiplies with the log of every column.

    Its mean is mean(y) times the sum of -ln p over the K columns, which is least at p = 1/K.
    """
    classes = head.units
    numbers = labels.form == "integers" and not labels.shape and labels.minimum >= 0
    if not loss.custom or loss.name in (*CATEGORICAL, *SPARSE) or head.activation != "softmax":
        return None
    if not numbers or labels.maximum > classes - 1 or curve is None or not curve.loss:
        return None
    floor = loss.weight * labels.mean * classes * math.log(classes)
    last = curve.loss[-1]
    # Where it is ln K or less, a right cross-entropy that learned nothing stands there too.
    chance = loss.weight * math.log(classes)
    if floor <= chance * (1 + 2 * _AT_FLOOR) or not -_BELOW_FLOOR <= last / floor - 1 <= _AT_FLOOR:
        return None
    return Finding(
        says=f"The labels are single class numbers of mean {labels.mean:.4g}; {loss.written or 'the loss'} "
        f"ended at {last:.4g}. A cross-entropy that multiplies them by the logarithms of {classes} "
        f"columns has its least, {labels.mean:.4g} * {classes} * ln {classes} = {floor:.4g}, where every "
        f"class gets 1/{classes}, whatever the input. It expects rows of {classes} columns of 0 and 1.",
        shows={"loss": last, "least_of_stretched_labels": floor, "label_mean": labels.mean},
        where=loss.defined or loss.place,
        certainty=Certainty.SUSPECTED,
        remedies=(propose("set-loss", at=loss.place, loss=SPARSE[0]),),
    )


label_form_does_not_match_loss.fires(
    Labels.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
    Head(activation="softmax", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy"),
)
label_form_does_not_match_loss.fires(
    Labels.of([0, 1, 2] * 10),
    Head(activation="softmax", units=3, shape=(3,)),
    Loss(name="categorical_crossentropy"),
)
label_form_does_not_match_loss.quiet(
    Labels.of([0, 1, 2] * 10),
    Head(activation="softmax", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy"),
)
label_form_does_not_match_loss.quiet(  # class numbers of four steps
    Labels.of([[0, 1, 2, 1]] * 10),
    Head(activation="softmax", units=4, shape=(4, 4)),
    Loss(name="sparse_categorical_crossentropy"),
)

_OWN = (Labels.of([0, 1, 2, 3] * 10), Head(activation="softmax", units=4, shape=(4,)))
label_form_does_not_match_loss.fires(  # 1.5 * 4 ln 4 = 8.318
    *_OWN, Loss(name="entropy", custom=True, written="entropy"), Curve.of(loss=[8.9, 8.33])
)
label_form_does_not_match_loss.quiet(  # it learns
    *_OWN, Loss(name="entropy", custom=True, written="entropy"), Curve.of(loss=[8.9, 0.4])
)
label_form_does_not_match_loss.quiet(  # ln 4: class numbers are read right, and nothing is learned
    *_OWN, Loss(name="entropy", custom=True, written="entropy"), Curve.of(loss=[1.5, 1.387])
)


@label_form_does_not_match_loss.in_source("proved")
def in_source(loss: Loss, targets: WrittenTargets) -> Finding | None:
    """One-hot labels under a loss that reads class numbers."""
    made = made_one_hot(targets.operations)
    if loss.name not in SPARSE or made is None:
        return None
    return Finding(
        says=f"The labels go through {made.kind}, which makes one column of 0 and 1 a class, but {loss.name} "
        "expects single class numbers.",
        shows={"labels": made.kind, "loss": loss.name},
        where=loss.place,
        remedies=(propose("set-loss", at=loss.place, loss=CATEGORICAL[0]),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, keras.utils.to_categorical(y))
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, keras.utils.to_categorical(y))
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
columns = keras.utils.to_categorical(y)
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, np.argmax(columns, axis=1))  # the class numbers again
""")
