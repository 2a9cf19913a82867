"""The rule units-do-not-match-labels."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Head, Labels, Loss, Model, WrittenTargets
from unstuck.evidence.facts.code import made_one_hot
from unstuck.evidence.facts.program import KNOWN_LOSSES
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DOES_NOT_FIT, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import BINARY, CATEGORICAL, SPARSE, refit, unless_left_out
from unstuck.rules.rule import cause

#: Losses that compare the labels of a row with its outputs one by one. Others may take a label for
#: something else (the class of an embedding).
COMPARED = KNOWN_LOSSES


@cause(
    "units-do-not-match-labels",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DOES_NOT_FIT,
        "accuracy-contradicts-loss",
        "loss-nan",
        "label-form-does-not-match-loss",
        "labels-not-zero-based",
        "nan-loss",
        "regression-loss-for-classes",
    ),
    blames=("units",),
)
def units_do_not_match_labels(
    labels: Labels, head: Head, loss: Loss, fit: Fit | None, model: Model | None
) -> Finding | None:
    """The output has another number of units than the labels ask for.

    Why it looks stuck: where the shapes can be stretched to fit, Keras compares every label of a row with
    every output without a word: one unit against two columns of 0 and 1 is asked for 0 and 1 at once and
    settles at a half. Class numbers beyond the last unit have no unit that could be right.

    How it is proved: the columns (or class numbers) of the labels are counted and compared with the units. A
    loss for numbers can compare one with several on purpose (an ensemble's units with one target, the mean
    of several raters with each of them), so that it is suspected there; one unit for one-hot columns is asked
    for the same mean in each row.

    What to do: as many units as columns of the labels; one unit for two classes in one column; one unit a
    class for class numbers.

    What decides: Print y.shape and model.output_shape; other last sizes say yes.
    """
    if loss.custom or not head.units or len(head.shape) > 1 or labels.form in ("text", "empty"):
        return None
    why = _mismatch(labels, head.units, loss)
    if why is None:
        return None
    certainty = unless_left_out(labels, loss, model) if loss.name in SPARSE else None
    if _is_broadcast(labels, head.units, loss) and not (fit is not None and fit.raised):
        certainty = Certainty.SUSPECTED
    return Finding(
        says=f"The output has {head.units} unit{'s' if head.units > 1 else ''}, but {why}.",
        shows={"units": head.units, "label_shape": labels.shape, "classes": labels.classes},
        where=head.units_place or head.place,
        certainty=certainty,
        remedies=(refit(labels, head, loss, fit),),
    )


def _is_broadcast(labels: Labels, units: int, loss: Loss) -> bool:
    """Whether one number is compared with several of a row without an error, and that may be meant."""
    compared = loss.is_regression and (not labels.shape or units == 1)
    return compared and labels.form != "one-hot"


def _mismatch(labels: Labels, units: int, loss: Loss) -> str | None:
    """What the labels ask for instead of these units, None where they fit."""
    if loss.name not in COMPARED:
        return None
    if len(labels.shape) == 1 and loss.name not in SPARSE and labels.shape[0] != units:
        return f"each row of the labels has {labels.shape[0]} columns"
    if labels.shape or units == 1:
        return None
    if loss.name not in (*SPARSE, *CATEGORICAL):
        return "each row has a single label, which would be compared with all of them"
    if loss.name not in SPARSE or labels.form not in ("binary", "integers"):
        return None
    asked = [value for value, rows in labels.levels if rows and value != loss.ignore_class]
    beyond = len(asked) > units
    return f"the labels are {len(asked)} class numbers up to {max(asked):g}" if beyond else None


units_do_not_match_labels.fires(
    Labels.of([[1, 0], [0, 1]] * 20), Head(activation="sigmoid", units=1), Loss(name="mean_squared_error")
)
units_do_not_match_labels.fires(
    Labels.of(list(range(10)) * 20),
    Head(activation="softmax", units=5, shape=(5,)),
    Loss(name="sparse_categorical_crossentropy"),
)
units_do_not_match_labels.quiet(
    Labels.of(list(range(10)) * 20),
    Head(activation="softmax", units=10, shape=(10,)),
    Loss(name="sparse_categorical_crossentropy"),
)
units_do_not_match_labels.quiet(
    Labels.of([0, 1] * 20), Head(activation="sigmoid", units=1), Loss(name="binary_crossentropy")
)
units_do_not_match_labels.quiet(  # a loss of one's own may pack anything into the labels
    Labels.of([[1.5, 0.0, 2.0]] * 20), Head(units=1), Loss(name="censored", custom=True)
)
units_do_not_match_labels.quiet(  # class numbers of pixels
    Labels.of([[0, 1, 2, 1]] * 20),
    Head(activation="softmax", units=3, shape=(4, 3)),
    Loss(name="sparse_categorical_crossentropy"),
)
units_do_not_match_labels.quiet(  # ignored labels are no class
    Labels.of([0, 1, 2, -1] * 20),
    Head(activation="softmax", units=3, shape=(3,)),
    Loss(name="sparse_categorical_crossentropy", ignore_class=-1),
)
units_do_not_match_labels.quiet(  # one label for an embedding of four units
    Labels.of([0, 1, 2] * 20), Head(units=4, shape=(4,)), Loss(name="circle")
)


#: One unit tells two classes apart.
BOTH = 2


@units_do_not_match_labels.in_source("proved")
def in_source(head: Head, loss: Loss, targets: WrittenTargets) -> Finding | None:
    """One-hot labels of another width than the output, or one unit for more than two known classes."""
    if targets.classes is not None:
        return _one_for_all(head, loss, targets.classes)
    made = made_one_hot(targets.operations)
    if made is None or head.units == 0 or loss.custom or len(head.shape) > 1:
        return None
    classes = made.arguments.get("num_classes", made.arguments.get(1))
    asked = classes if isinstance(classes, int) else None
    if head.units != 1 and (asked is None or asked == head.units):
        return None
    columns = f"{asked} columns" if asked is not None else "one column a class"
    return Finding(
        says=f"The labels go through {made.kind}, which makes {columns}, but the output has {head.units} "
        f"unit{'s' if head.units > 1 else ''}.",
        shows={"units": head.units, "columns": asked},
        where=head.units_place or head.place,
        certainty=Certainty.PROVED,
        remedies=(
            propose("set-output-units", at=head.units_place, units=asked)
            if asked is not None
            else propose("advise", text="Give the output one unit a class and a softmax."),
        ),
    )


def _one_for_all(head: Head, loss: Loss, classes: int) -> Finding | None:
    """One unit that decides between two, for the labels of a data set of more."""
    if classes <= BOTH or head.units != 1 or loss.name not in BINARY:
        return None
    many = propose(
        "set-output-units",
        at=head.units_place,
        also=(propose("set-loss", at=loss.place, loss=SPARSE[0]),),
        units=classes,
        activation="softmax",
    )
    return Finding(
        says=f"The labels are those of a data set of {classes} classes, 0 to {classes - 1}, but the output "
        f"has 1 unit, and {loss.name} decides between two.",
        shows={"units": 1, "classes": classes},
        where=head.units_place or head.place,
        remedies=(many,),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "mse")
model.fit(x, keras.utils.to_categorical(y))
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(5, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, keras.utils.to_categorical(y, num_classes=10))
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, keras.utils.to_categorical(y, num_classes=10))
""")
in_source.fires("""
from sklearn.datasets import load_iris

x, y = load_iris(return_X_y=True)
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
from sklearn.datasets import load_breast_cancer

x, y = load_breast_cancer(return_X_y=True)
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
from sklearn.datasets import load_iris

x, y = load_iris(return_X_y=True)
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""")
