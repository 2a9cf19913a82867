"""What stands in the source when a data set is named: how many classes its labels have."""

from __future__ import annotations

from unstuck.evidence.facts import Operation

#: Classes of the labels that these loaders give, numbered from 0, by the documentation of Keras's and
#: scikit-learn's data sets.
CLASSES = {
    "keras.datasets.mnist.load_data": 10,
    "keras.datasets.fashion_mnist.load_data": 10,
    "keras.datasets.cifar10.load_data": 10,
    "keras.datasets.cifar100.load_data": 100,
    "keras.datasets.reuters.load_data": 46,
    "keras.datasets.imdb.load_data": 2,
    "sklearn.datasets.load_iris": 3,
    "sklearn.datasets.load_wine": 3,
    "sklearn.datasets.load_digits": 10,
    "sklearn.datasets.load_breast_cancer": 2,
}

#: Steps that leave the labels what they are, as numbers of their classes.
_KEEPS = frozenset(
    {"astype", "cast", "copy", "flatten", "ravel", "reshape", "squeeze", "target", "train_test_split"}
)


def classes_of(origin: str, operations: tuple[Operation, ...]) -> int | None:
    """How many classes the labels have that a named data set gave.

    None where no data set is named, or where a step may have made other labels of them: a part that is
    taken by a condition may hold fewer classes.
    """
    kept = all(
        step.kind in _KEEPS or (step.kind == "take" and isinstance(step.value, int)) for step in operations
    )
    return CLASSES.get(origin) if kept else None
