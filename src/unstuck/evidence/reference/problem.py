"""One output's question to simple models: a table, what is right, who learns from which rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.data import by_output
from unstuck.evidence.facts import Evidence, Output
from unstuck.evidence.inputs import as_numbers
from unstuck.evidence.reference.categories import codes_of
from unstuck.evidence.reference.chosen import Chosen
from unstuck.evidence.reference.folds import Fold, folds_of, is_series
from unstuck.evidence.reference.framing import Framed
from unstuck.evidence.reference.positions import around
from unstuck.evidence.reference.scores import Target
from unstuck.evidence.reference.table import FeatureTable, NoTableError, features_of

#: Parts that judge in turn where training rows must judge: fewer fits than five, for the time.
FOLDS = 3

#: From this multiple of an equal share on for the most frequent class, accuracy hides what a model
#: finds: constant answers beat an honest guess.
LOPSIDED = 1.2

#: Losses under which the training median is the best constant answer.
_ABSOLUTE = frozenset({"mean_absolute_error", "mean_absolute_percentage_error", "huber", "log_cosh"})

#: Values at the end of an input that are tried as an answer.
_LAST_VALUES = 16


@dataclass(frozen=True)
class Problem:
    """What simple models are asked.

    `table` holds the taught places first and then the judged ones, or each once where they judge in
    turn. `held` are the numbers of those that were held out in it, `kept` the same among the judged places,
    in the order of `target`. `levels` are the classes in the order of their codes.
    `last` holds values that the inputs of each place of the table end with, None for none.
    """

    table: FeatureTable
    folds: Sequence[Fold]
    target: Target
    held: np.ndarray
    kept: np.ndarray
    levels: np.ndarray
    last: np.ndarray | None = None


def problem_of(framed: Framed, chosen: Chosen, evidence: Evidence, output: Output) -> Problem:
    """The question for one output.

    Raises:
        NoTableError: simple models cannot be asked; the text says why.
    """
    judged, taught, levels = _coded(framed)
    series = not framed.by_place and _in_order(chosen, evidence, output, framed)
    values = np.concatenate([taught, judged])
    classes = len(levels) if framed.kind == "classes" else None
    writes_on = evidence.inputs is not None and evidence.inputs.next_given is not None
    features, words = _features(framed, ahead=not writes_on)
    codes = None if framed.by_place or framed.copies else codes_of(framed.leaves)
    table = FeatureTable(features, values, classes, series, words, codes)
    folds, kept = _folds(table, framed)
    held = kept + len(taught)
    target = Target(
        framed.kind,
        judged[kept],
        taught if len(taught) else judged,
        framed.groups[kept],
        classes=classes,
        balanced=framed.kind == "labels" or _lopsided(values, classes),
        absolute=output.loss is not None and not output.loss.custom and output.loss.name in _ABSOLUTE,
        pooled=framed.copies,
        series=series,
    )
    if framed.kind == "classes" and len(np.unique(values)) < 2:
        raise NoTableError("all targets are of one class")
    if framed.kind == "numbers" and not np.ptp(target.values, axis=0).any():
        raise NoTableError("all targets are equal")
    return Problem(table, folds, target, held, kept, levels, _last(framed, series))


def _coded(framed: Framed) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The judged and the taught values as simple models take them, and the levels of classes."""
    if framed.kind != "classes":
        kind = np.int64 if framed.kind == "labels" else np.float64
        return framed.judged.astype(kind), framed.taught.astype(kind), np.array([])
    levels = np.unique(np.concatenate([framed.taught, framed.judged]))
    judged, taught = (np.searchsorted(levels, each) for each in (framed.judged, framed.taught))
    return judged, taught, levels.astype(np.int64)


def _in_order(chosen: Chosen, evidence: Evidence, output: Output, framed: Framed) -> bool:
    """Whether the rows that teach are in time order."""
    rows = chosen.teaching if chosen.teaching is not None else chosen.judging
    names = [each.name for each in evidence.outputs] or [output.name]
    numbers = as_numbers(np.asarray(by_output(rows.y, names)[output.name]))
    if numbers is None or framed.copies:
        return False
    columns = numbers.reshape(len(numbers), -1)
    single = columns[:, 0]
    if framed.kind == "classes" and columns.shape[1] > 1:
        single = columns.argmax(axis=1)
    return is_series(rows.x, single.astype(np.float64), classes=framed.kind == "classes")


def _features(framed: Framed, ahead: bool) -> tuple[Any, bool]:
    """The features of the taught and then of the judged places, from before them alone or around them."""
    moved = framed.judged_at + framed.per_row * framed.taught_rows
    places = np.concatenate([framed.taught_at, moved])
    if framed.by_place:
        features = around([leaf.whole for leaf in framed.leaves], framed.shape, places, ahead)
        return features, hasattr(features, "tocsr")
    return features_of([leaf.only(places) for leaf in framed.leaves])


def _folds(table: FeatureTable, framed: Framed) -> tuple[list[Fold], np.ndarray]:
    """Who learns and who judges, as rows of the table, and the judged places that are held out."""
    places = np.arange(len(framed.judged))
    if len(framed.taught):
        teaching = np.arange(len(framed.taught))
        return [Fold(teaching, places + len(teaching))], places
    if framed.by_place:  # the places of one row stay together
        _, part = np.unique(framed.groups, return_inverse=True)
        part = part.reshape(-1) % FOLDS
        folds = [Fold(places[part != k], places[part == k]) for k in range(FOLDS)]
        folds = [fold for fold in folds if len(fold.train) and len(fold.test)]
    else:
        single = table.targets if table.targets.ndim == 1 else table.targets[:, 0]
        folds = folds_of(single, classes=table.classes is not None, series=table.series, count=FOLDS)
    if not folds:
        raise NoTableError("too few rows to hold some of them out")
    return folds, np.sort(np.concatenate([fold.test for fold in folds]))


def _lopsided(values: np.ndarray, classes: int | None) -> bool:
    """Whether one class is clearly more frequent than an equal share."""
    if classes is None:
        return False
    equal, rows = 1.0 / classes, len(values)
    noise = 3.0 * np.sqrt(equal * (1.0 - equal) / rows)
    return bool(np.bincount(values).max() / rows > LOPSIDED * equal + noise)


def _last(framed: Framed, series: bool) -> np.ndarray | None:
    """What the inputs end with, row by row, or hold at each place: "tomorrow = today"."""
    if framed.kind != "numbers" or framed.copies:
        return None
    moved = framed.judged_at + framed.per_row * framed.taught_rows
    places, found = np.concatenate([framed.taught_at, moved]), list[np.ndarray]()
    for leaf in framed.leaves:
        shape = leaf.row_shape
        if framed.by_place and shape[: len(framed.shape)] == framed.shape:
            numbers = as_numbers(leaf.whole)
            if numbers is not None:
                found.append(numbers.reshape(len(numbers) * framed.per_row, -1)[places, :_LAST_VALUES])
        elif not framed.by_place and (len(shape) == 2 or (series and len(shape) == 1)):
            numbers = as_numbers(leaf.only(places).whole)
            if numbers is not None:
                ends = numbers[:, -1].reshape(len(numbers), -1)
                found.append(ends[:, :_LAST_VALUES])
    return np.concatenate(found, axis=1).astype(np.float64) if found else None
