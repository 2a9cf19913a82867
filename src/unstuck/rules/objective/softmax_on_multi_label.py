"""The rule softmax-on-multi-label."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Head, Labels, Loss, Metric, Metrics, Operation, WrittenTargets
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import BINARY, CATEGORICAL, is_multi_label, refit, swap_metric
from unstuck.rules.rule import cause


@cause(
    "softmax-on-multi-label",
    certainty="proved",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        "accuracy-contradicts-predictions",
        "logits-taken-as-probabilities",
        "metric-does-not-match-task",
        "sigmoid-with-categorical-crossentropy",
        "threshold-off-scale",
    ),
    blames=("activation",),
)
def softmax_on_multi_label(
    labels: Labels, head: Head, loss: Loss, metrics: Metrics | None, fit: Fit | None
) -> Finding | None:
    """Rows have several labels, but the output or the loss allows one.

    Why it looks stuck: a softmax shares a sum of 1 among the units. With two labels a row, both cannot be
    above 0.5, and categorical cross-entropy of s labels cannot fall below s times ln s.

    How it is proved: the rows of the labels that do not sum to one are counted. Under binary cross-entropy
    that is enough. Categorical cross-entropy of several labels is a multinomial likelihood, too, which
    ranks the labels of a row and may be meant; where a metric judges each label by itself, or is the share of
    rows decided rightly, it is not: such a share takes the first label of a row for its only one.

    What to do: sigmoid units with binary cross-entropy, each label judged by itself.
    """
    softmax = head.activation == "softmax" and head.softmax_size != 1
    softmax = softmax and head.softmax_axis in (-1, None) and not head.stretched
    if (
        not is_multi_label(labels)
        or not (softmax or loss.name in CATEGORICAL)
        or labels.shape[-1] != head.units
    ):
        return None
    several = labels.rows_sum_not_one - labels.rows_all_zero
    mean = labels.mean * labels.shape[-1]
    change = refit(labels, head, loss, fit)
    also = change.also
    if (
        metrics is not None
        and metrics.accuracy is not None
        and metrics.accuracy.resolved != "binary_accuracy"
    ):
        also = (*also, swap_metric(metrics, "binary_accuracy"))
    what = "the softmax on the output gives them a sum of 1" if softmax else f"{loss.name} expects one"
    return Finding(
        says=f"At least {percent(several)} of the rows have more than one label ({mean:.3g} a row on "
        f"average), but {what}: two labels of a row cannot both be predicted.",
        shows={
            "rows_with_several": several,
            "labels_a_row": mean,
            "activation": head.activation,
            "loss": loss.name,
        },
        where=head.place if softmax else loss.place,
        certainty=_certainty(loss, metrics),
        remedies=(Proposal(change.remedy, change.at, change.values, also),),
    )


#: Metrics that judge each label of a row by itself, and the share of rows that are decided rightly.
_DECIDES = frozenset(
    {"binary_accuracy", "precision", "recall", "auc", "f1_score", "hamming_loss", "categorical_accuracy"}
)


def _certainty(loss: Loss, metrics: Metrics | None) -> Certainty | None:
    """How sure it is that each label of a row is to be predicted by itself."""
    if loss.name in BINARY:
        return None
    judged = any(use.resolved in _DECIDES for use in metrics.uses) if metrics else False
    return Certainty.MEASURED if judged else Certainty.SUSPECTED


softmax_on_multi_label.fires(
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1]] * 20),
    Head(activation="softmax", units=3, shape=(3,), softmax_size=3),
    Loss(name="categorical_crossentropy"),
)
softmax_on_multi_label.fires(
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1]] * 20),
    Head(activation="sigmoid", units=3, shape=(3,)),
    Loss(name="categorical_crossentropy"),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
)
softmax_on_multi_label.fires(
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1]] * 20),
    Head(activation="softmax", units=3, shape=(3,), softmax_size=3),
    Loss(name="categorical_crossentropy"),
    Metrics(uses=(Metric(resolved="categorical_accuracy"),)),
)
softmax_on_multi_label.quiet(
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1]] * 20),
    Head(activation="sigmoid", units=3, shape=(3,)),
    Loss(name="binary_crossentropy"),
)
softmax_on_multi_label.quiet(
    Labels.of([[1, 0, 0], [0, 1, 0], [0, 0, 1]] * 20),
    Head(activation="softmax", units=3, shape=(3,), softmax_size=3),
    Loss(name="categorical_crossentropy"),
)
softmax_on_multi_label.quiet(  # along the batch: the labels of a row share nothing
    Labels.of([[1, 1, 0], [0, 1, 1], [1, 0, 1]] * 20),
    Head(activation="softmax", units=3, shape=(3,), softmax_axis=0),
    Loss(name="binary_crossentropy"),
)


#: Calls that make labels of which a row may have several.
_SEVERAL = ("stack", "column_stack", "MultiLabelBinarizer")


@softmax_on_multi_label.in_source("suspected")
def in_source(head: Head, loss: Loss, targets: WrittenTargets) -> Finding | None:
    """A softmax on labels that are put together column by column."""
    made = targets.last_change
    if head.activation != "softmax" or head.units < 2 or made is None or not _makes_several(made):
        return None
    if loss.name not in (*BINARY, *CATEGORICAL):
        return None
    return Finding(
        says=f"The labels are put together column by column ({made.kind}), and the output is a softmax, "
        f"whose {head.units} columns sum to 1: if a row may have two labels, neither can get more than a "
        "half.",
        shows={"labels": made.kind, "units": head.units},
        where=head.place,
        remedies=(
            propose(
                "set-output-activation",
                at=head.place,
                activation="sigmoid",
                also=(propose("set-loss", at=loss.place, loss=BINARY[0]),),
            ),
        ),
    )


def _makes_several(step: Operation) -> bool:
    return step.kind in _SEVERAL or step.value in _SEVERAL


in_source.fires("""
y = np.stack([rain, wind, snow], axis=1)
model = keras.Sequential([layers.Dense(3, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
votes = np.stack([first, second, third], axis=1)
model = keras.Sequential([layers.Dense(3, "softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, votes / 7)  # divided by their number they are shares
""")
in_source.quiet("""
y = np.stack([rain, wind, snow], axis=1)
model = keras.Sequential([layers.Dense(3, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
