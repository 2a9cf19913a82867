"""Simple models on a table of rows, fitted to several targets in turn: what is the same is done once.

A learner is made for a table and its folds, then called with targets; it returns its answers for
the held-out rows: (rows, classes) of probabilities, or numbers in the shape of the targets, NaN where
a row was never held out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from unstuck.evidence.reference.categories import by_level
from unstuck.evidence.reference.folds import Fold
from unstuck.evidence.reference.table import FeatureTable
from unstuck.watch.muting import muted

Learner = Callable[[np.ndarray], np.ndarray]

#: Neighbours that vote: enough to average out noise, few enough to follow structure within 100 rows.
NEIGHBOURS = 15

#: How strongly the weights of the straight-line models are held back. 0.1 on standardised columns is
#: a prior worth ten rows; rows of word weights have length one, so theirs must be able to grow.
HELD_BACK, HELD_BACK_WORDS = 0.1, 10.0
_RIDGE = 1.0

#: Boosted trees: 20 rounds of up to 8 leaves at a rate of .2 find steps and pairs of columns; each
#: class has trees of its own, so that many classes get fewer rounds.
_ROUNDS, _FEWEST_ROUNDS, _LEAVES, _RATE = 20, 5, 8, 0.2

#: Values of a column that trees tell apart: of 1,000 rows, 64 steps hold 16 each.
_BINS = 64

#: Trees look at no more columns than this; more are first brought down to their main directions.
_TREE_COLUMNS = 32

#: With more classes than this the trees take longer than all else together and are left out.
TREE_CLASSES = 10


def learners_of(table: FeatureTable, folds: Sequence[Fold]) -> dict[str, Learner]:
    """The learners that fit this table, by what they are called."""
    line = "logistic regression" if table.classes else "linear regression"
    found = {line: straight(table, folds), "nearest neighbours": neighbours(table, folds)}
    if (table.classes or 2) <= TREE_CLASSES:
        found["boosted trees"] = trees(table, folds)
    if table.codes is not None:
        found[called_by_levels(table)] = by_levels(table, folds)
    return found


def straight(table: FeatureTable, folds: Sequence[Fold]) -> Learner:
    """Logistic or ridge regression."""
    from sklearn.linear_model import LogisticRegression, Ridge

    def made() -> Any:
        if table.classes is None:
            return Ridge(alpha=_RIDGE)
        strength = HELD_BACK_WORDS if table.words else HELD_BACK
        return LogisticRegression(C=strength, max_iter=100, tol=1e-2)

    return _fitted(made, table.features, folds, table.classes)


def trees(table: FeatureTable, folds: Sequence[Fold]) -> Learner:
    """Gradient-boosted trees."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    many = table.classes or 2
    settings = {
        "max_iter": max(_FEWEST_ROUNDS, _ROUNDS // max(1, many - 1)),
        "max_leaf_nodes": _LEAVES,
        "learning_rate": _RATE,
        "max_bins": _BINS,
        "early_stopping": False,
        "random_state": 0,
    }
    kind = HistGradientBoostingClassifier if table.classes else HistGradientBoostingRegressor
    return _fitted(lambda: kind(**settings), _narrowed(table.features), folds, table.classes)


def neighbours(table: FeatureTable, folds: Sequence[Fold]) -> Learner:
    """The mean of the nearest training rows. Who is near does not depend on the targets."""
    from sklearn.neighbors import NearestNeighbors

    nearest = []
    for train, test in folds:
        # Both metrics order rows of length one alike; brute force takes sparse rows too.
        index = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(train)), algorithm="brute")
        nearest.append(train[index.fit(table.features[train]).kneighbors(table.features[test])[1]])

    def answer(targets: np.ndarray) -> np.ndarray:
        answers = _empty(targets, table.classes)
        for (_, test), near in zip(folds, nearest, strict=True):
            if table.classes is None:
                answers[test] = targets[near].mean(axis=1)
            else:
                answers[test] = (targets[near][..., None] == np.arange(table.classes)).mean(axis=1)
        return answers

    return answer


def called_by_levels(table: FeatureTable) -> str:
    """What `by_levels` is called for this table."""
    several = table.codes is not None and table.codes.shape[1] > 1
    return "matrix factorisation" if several else "the means of categories"


def by_levels(table: FeatureTable, folds: Sequence[Fold]) -> Learner:
    """Columns of whole numbers read as categories: the means of each, and how two of them go together."""
    assert table.codes is not None
    codes = table.codes

    def answer(targets: np.ndarray) -> np.ndarray:
        if table.classes is None:
            columns = targets.reshape(len(targets), -1).astype(np.float64)
            return by_level(codes, columns, folds).reshape(targets.shape)
        return by_level(codes, (targets[:, None] == np.arange(table.classes)).astype(np.float64), folds)

    return answer


def _fitted(made: Callable[[], Any], features: Any, folds: Sequence[Fold], classes: int | None) -> Learner:
    """A scikit-learn model fitted on each fold's training rows."""

    def answer(targets: np.ndarray) -> np.ndarray:
        answers = _empty(targets, classes)
        with muted():  # a fit that has not quite converged is good enough here
            for train, test in folds:
                known = np.unique(targets[train])
                if classes is None:
                    answers[test] = made().fit(features[train], targets[train]).predict(features[test])
                elif len(known) == 1:
                    answers[test] = np.arange(classes) == known[0]
                else:
                    chances = made().fit(features[train], targets[train]).predict_proba(features[test])
                    answers[test] = 0.0
                    answers[np.ix_(test, known)] = chances
        return answers

    return answer


def _empty(targets: np.ndarray, classes: int | None) -> np.ndarray:
    return np.full(targets.shape if classes is None else (len(targets), classes), np.nan)


def _narrowed(features: Any) -> np.ndarray:
    """The table itself, or its main directions where it has many columns."""
    if features.shape[1] <= _TREE_COLUMNS:
        return np.asarray(features.toarray() if hasattr(features, "toarray") else features)
    from sklearn.decomposition import TruncatedSVD

    width = min(_TREE_COLUMNS, *(size - 1 for size in features.shape))
    return np.asarray(TruncatedSVD(width, random_state=0).fit_transform(features))
