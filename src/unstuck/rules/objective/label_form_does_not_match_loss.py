"""The rule label-form-does-not-match-loss."""

from __future__ import annotations

from unstuck.evidence.facts import Head, Labels, Loss, WrittenTargets
from unstuck.evidence.facts.code import made_one_hot
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DIVERGES, DOES_NOT_FIT, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import CATEGORICAL, SPARSE
from unstuck.rules.rule import cause


@cause(
    "label-form-does-not-match-loss",
    certainty="proved",
    impact="blocks",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, DIVERGES, DOES_NOT_FIT, "metric-does-not-match-task"),
)
def label_form_does_not_match_loss(labels: Labels, head: Head, loss: Loss) -> Finding | None:
    """The labels are class numbers where the loss expects columns, or the other way round.

    Why it looks stuck: `categorical_crossentropy` expects one column of 0 and 1 a class,
    `sparse_categorical_crossentropy` a single class number. With the other form Keras 3 raises an error, and
    older versions train on nonsense.

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
        return None
    return Finding(
        says=f"The labels are {has}, but {loss.name} expects {expects}.",
        shows={"label_shape": labels.shape, "output_shape": head.shape, "loss": loss.name},
        where=loss.place,
        # A loss of the user's own may stretch a column of labels where Keras's raises an error.
        certainty=Certainty.SUSPECTED if loss.custom else None,
        remedies=(propose("set-loss", at=loss.place, loss=wanted),),
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
