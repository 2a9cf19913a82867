"""The rule one-class-batches."""

from __future__ import annotations

from unstuck.evidence.facts import Batches, Fit, Loss, Model, WrittenTargets
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: Batches that hold less than half of the label information of shuffled ones pull the weights to one
#: class after the other.
POOR = 0.5

#: Fewer batches or rows a batch say nothing about the order.
FEWEST_BATCHES, FEWEST_ROWS = 4, 4


@cause(
    "one-class-batches",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        VALIDATION_APART,
        "batchnorm-inference-gap",
        "dead-relu",
        "learning-rate-too-high",
        "overfitting",
    ),
    blames=("fit.shuffle", "fit.rows.shuffle", "fit.rows"),
)
def one_class_batches(batches: Batches, fit: Fit | None) -> Finding | None:
    """Batches hold one class each, because the rows come in the order of their labels.

    Why it looks stuck: a batch of one class teaches "always this class"; the next batch teaches the opposite.
    The loss goes up and down like a saw within an epoch, and the model ends with the class it saw last. Steps
    that all pull one way for a whole class may push ReLU units below 0 for good.

    How it is proved: the entropy of the labels within a batch is compared with that of batches drawn at
    random.

    What to do: shuffle the rows (in fit: `shuffle=True`, which does nothing for a dataset or generator:
    shuffle there, with a buffer as large as the data).

    What decides: Print the labels of three batches as they enter fit.
    """
    expected = batches.expected_entropy or batches.prior_entropy
    if (
        batches.seen < FEWEST_BATCHES
        or batches.size < FEWEST_ROWS
        or expected <= 0
        or batches.prior_entropy <= 0
    ):
        return None
    ratio = batches.label_entropy / expected
    if ratio >= POOR:
        return None
    return Finding(
        says=f"Within a batch of {batches.size:.0f} rows the labels have an entropy of "
        f"{batches.label_entropy:.3f} nats; shuffled rows would have {expected:.3f}. The batches hold "
        "hardly more than one class each, so each undoes the last.",
        shows={
            "entropy": batches.label_entropy,
            "expected": expected,
            "ratio": ratio,
            "bound": POOR,
            "batches": batches.seen,
        },
        where=fit.place if fit else None,
        remedies=(_remedy(fit),),
    )


def _remedy(fit: Fit | None) -> Proposal:
    """Shuffling by fit for arrays; fit cannot shuffle the rows of a dataset or generator."""
    if fit is None or fit.data == "arrays":
        return propose("shuffle-batches", at=fit.place if fit else None)
    return propose(
        "advise",
        text=f"Shuffle the rows where the {fit.data} takes them, all of them before each epoch (tf.data: "
        "shuffle with a buffer as large as the data; PyDataset: permute an index in on_epoch_end).",
    )


one_class_batches.fires(
    Batches(seen=30, size=32.0, label_entropy=0.02, prior_entropy=0.693, expected_entropy=0.677)
)
one_class_batches.fires(Batches(seen=16, size=64.0, label_entropy=0.0, prior_entropy=2.3, how="order"))
one_class_batches.quiet(
    Batches(seen=30, size=32.0, label_entropy=0.675, prior_entropy=0.693, expected_entropy=0.677)
)
one_class_batches.quiet(  # a rare class is missing from many shuffled batches too
    Batches(seen=30, size=4.0, label_entropy=0.04, prior_entropy=0.056, expected_entropy=0.05)
)
one_class_batches.quiet(Batches(seen=30, size=32.0))  # the targets are no classes


#: What puts rows into another order than they had.
MIXES = ("shuffle", "permutation", "train_test_split", "sample", "shuffled")


@one_class_batches.in_source("suspected")
def in_source(fit: Fit, loss: Loss, model: Model | None, targets: WrittenTargets | None) -> Finding | None:
    """Batches in the order of the rows, for classes, where nothing has mixed them."""
    stateful = model is not None and any(layer.stateful for layer in model.layers)
    if fit.shuffle or fit.data != "arrays" or not loss.is_for_classes or stateful or targets is None:
        return None
    if any(each.kind in MIXES or "permutation" in str(each.value) for each in targets.operations):
        return None
    if "random" in targets.origin.split("."):
        return None  # labels that are drawn stand in no order
    return Finding(
        says="fit does not shuffle the rows, and nothing here mixes them before: if they are sorted by "
        "class, each batch holds one class, and the model forgets the others while it learns it.",
        shows={"shuffle": False},
        where=fit.place,
        remedies=(propose("shuffle-batches", at=fit.place),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, shuffle=False)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
labels = np.random.default_rng(0).integers(0, 10, 1000)
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, labels, shuffle=False)
""")
in_source.quiet("""
order = np.arange(len(y))
np.random.shuffle(order)
x, y = x[order], y[order]
model = keras.Sequential([layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, shuffle=False)
""")
in_source.quiet("""
model = keras.Sequential([layers.LSTM(8, stateful=True), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, shuffle=False)
""")
