"""The rule one-sided-validation-split."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Fit, Labels, Loss, Split, WrittenTargets
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import VALIDATION_APART
from unstuck.rules.pipeline.one_class_batches import MIXES
from unstuck.rules.rule import cause

#: A mix of labels that a random split would give less than once in a million times is no chance.
CHANCE = 1e-6

#: The normal deviate with that much beyond it.
DEVIATE = 4.7534

#: When a fifth of the validation rows would have to change their label to match the training rows,
#: the score judges another task; smaller drifts come with any split by time.
FIFTH = 0.2


@cause(
    "one-sided-validation-split",
    certainty="proved",
    impact="misleads",
    explains=(VALIDATION_APART, "validation-accuracy-pinned", "overfitting"),
)
def one_sided_validation_split(split: Split, fit: Fit | None) -> Finding | None:
    """The validation rows hold other labels than the training rows.

    Why it looks stuck: `validation_split` takes the last rows, before any shuffling. When the rows are sorted
    by label, the model is judged on one class alone, often one it has hardly seen: validation accuracy
    is 0.0 or 1.0, whatever it learns.

    How it is proved: the labels of both parts are counted. A random split gives such a mix less than once in
    a million times.

    What to do: shuffle the rows once, inputs and labels together, before fit.

    What decides: Count the labels of the last rows, which validation_split takes: np.unique(y[-n:],
    return_counts=True).
    """
    taught, judged = split.training, split.validation
    if not taught.levels or not judged.levels or not (taught.are_classes and _classes(judged)):
        return None
    total = taught.count + judged.count
    pooled = {
        value: (taught.shares.get(value, 0.0) * taught.count + judged.shares.get(value, 0.0) * judged.count)
        / total
        for value in {*taught.shares, *judged.shares}
    }
    distance = sum(abs(taught.shares.get(value, 0.0) - judged.shares.get(value, 0.0)) for value in pooled) / 2
    one = judged.classes == 1 and taught.classes > 1
    log_chance = (
        judged.count * math.log(max(pooled[value] for value, rows in judged.levels if rows)) if one else 0.0
    )
    by_chance = log_chance > math.log(CHANCE) if one else not _beyond(taught, judged, pooled)
    if by_chance or distance < FIFTH or not (one or split.how == "validation_split"):
        return None
    return Finding(
        says=_says(split, one),
        shows={
            "training": taught.describe(),
            "validation": judged.describe(),
            "distance": distance,
            "distance_bound": FIFTH,
            "chance_bound": CHANCE,
        },
        where=fit.place if fit else None,
        certainty=Certainty.PROVED if one else Certainty.MEASURED,
        remedies=(_remedy(split, fit),),
    )


def _says(split: Split, one: bool) -> str:
    taught, judged = split.training, split.validation
    how = (
        f"validation_split={split.fraction:g} takes the last {judged.count:,} rows before any shuffling: "
        "they have "
    )
    start = how if split.how == "validation_split" else "The validation rows have "
    says = f"{start}{judged.describe()}; the training rows have {taught.describe()}."
    if not one:
        return f"{says} The score judges another mix of classes than the one that is learned."
    only = next(value for value, rows in judged.levels if rows)
    seen = taught.shares.get(only, 0.0)
    return (
        f"{says} With one label alone, a model that leans to the other side gets 0.0 and one that leans to "
        "this one 1.0: this alone explains a validation accuracy of 0.0 or 1.0, and the score says nothing "
        f"of the {percent(1.0 - seen)} of the training rows with another label."
    )


def _classes(labels: Labels) -> bool:
    """Whether the few validation labels are of the kind of class labels."""
    return labels.form in ("binary", "signed", "integers", "one-hot")


def _beyond(taught: Labels, judged: Labels, pooled: dict[float, float]) -> bool:
    """Whether Pearson's chi-squared of the two mixes is beyond chance (Wilson and Hilferty's bound)."""
    statistic = sum(
        labels.count * (labels.shares.get(value, 0.0) - share) ** 2 / share
        for labels in (taught, judged)
        for value, share in pooled.items()
        if share > 0
    )
    freedom = max(1, sum(share > 0 for share in pooled.values()) - 1)
    slack = 2.0 / (9.0 * freedom)
    return statistic > freedom * (1.0 - slack + DEVIATE * math.sqrt(slack)) ** 3


def _remedy(split: Split, fit: Fit | None) -> Proposal:
    if split.how == "validation_split":
        return propose("shuffle-before-split", at=fit.place if fit else None)
    return propose(
        "advise", text="Draw the validation rows at random from all classes, for example stratified by label."
    )


@one_sided_validation_split.ruled_out
def _ruled_out(fit: Fit) -> str:
    """What in a script speaks against it."""
    given = fit.validation == "validation_data"
    return "fit splits off no rows; it gets validation_data" if given else ""


one_sided_validation_split.fires(Split.tail([0] * 500 + [1] * 500, 0.2))
one_sided_validation_split.fires(Split.tail([0] * 700 + [0, 1] * 50 + [1] * 200, 0.25))
one_sided_validation_split.quiet(Split.tail([0, 1] * 500, 0.2))
one_sided_validation_split.quiet(Split.tail([0, 1] * 10 + [1, 1], 0.1))  # two rows may agree by chance
one_sided_validation_split.quiet(
    Split.tail([0.1 * row for row in range(1000)], 0.2)
)  # the later part of a series
one_sided_validation_split.quiet(  # balanced for training, judged on the natural mix
    Split(training=Labels.of([0, 1] * 500), validation=Labels.of([0] * 180 + [1] * 20))
)


#: What puts the rows of one class behind those of another.
_JOINS = ("concatenate", "concat", "vstack", "hstack", "append", "repeat")


@one_sided_validation_split.in_source("suspected")
def in_source(fit: Fit, loss: Loss, targets: WrittenTargets) -> Finding | None:
    """validation_split on labels that are joined piece by piece and not mixed afterwards."""
    step = targets.last(*_JOINS, *MIXES)
    if not fit.validation_split or not loss.is_for_classes or step is None or step.kind in MIXES:
        return None
    return Finding(
        says=f"validation_split takes the last {percent(fit.validation_split)} of the rows before any "
        f"shuffling, and the labels are joined piece by piece ({step.kind}): if the pieces are classes, "
        "the validation rows hold only the last of them.",
        shows={"validation_split": fit.validation_split, "joined": step.kind},
        where=fit.place,
        remedies=(propose("shuffle-before-split", at=fit.place),),
    )


in_source.fires("""
y = np.concatenate([cats, dogs])
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, validation_split=0.2)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, validation_split=0.2)
""")
in_source.quiet("""
y = np.concatenate([cats, dogs])
order = np.random.permutation(len(y))
x, y = x[order], y[order]
model = keras.Sequential([layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, validation_split=0.2)
""")
