"""Where was the signal lost? What simple models find in arrays and lists that the program still holds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Evidence, Place, Reference
from unstuck.evidence.facts.upstream import Upstream
from unstuck.evidence.handed import handed_at, one_for_all
from unstuck.evidence.held_rows import (
    MOSTLY,
    as_rows,
    flat_targets,
    follows,
    same_targets,
    seen_in,
    without_targets,
)
from unstuck.evidence.joined import Misjoined, joined_at, misjoined
from unstuck.evidence.reference.categories import codes_of
from unstuck.evidence.reference.folds import folds_of, is_series
from unstuck.evidence.reference.learners import by_levels, called_by_levels, neighbours, straight
from unstuck.evidence.reference.table import FeatureTable, Leaf, NoTableError, features_of
from unstuck.evidence.sample import leaves, spaced
from unstuck.evidence.scores import skill
from unstuck.watch.namespace import held_by_name, held_within
from unstuck.watch.observation import Observation
from unstuck.watch.rows import Rows

#: Simple models find little in rows where they come less than so far from a constant answer to perfect.
_LITTLE = 0.3

#: Seconds that it may take, and pairs of inputs and targets that are tried in them.
SECONDS, _MOST_PAIRS = 2.0, 8

#: Rows that simple models learn from here: enough to see what is plain, a few milliseconds a model.
_ROWS = 600

#: What a simple model must find in the rows that the program holds, as a share of the way to perfect, and
#: how many times what it finds in the rows as fit got them.
CLEARLY, TIMES = 0.4, 2.5

#: Rows of fit that are looked up among those that the program holds.
_LOOKED_UP = 500


def with_upstream(seen: Observation, evidence: Evidence) -> Evidence:
    """The evidence with an Upstream where simple models find little in the rows as fit got them.

    `absent` says why there is none.
    """
    found = _upstream(seen, evidence)
    if isinstance(found, str):
        return replace(evidence, absent={**evidence.absent, "Upstream": found})
    return replace(evidence, upstream=found)


def _upstream(seen: Observation, evidence: Evidence) -> Upstream | str:
    """What the program holds that tells the targets, or why that was not looked for or found."""
    reference = evidence.outputs[0].reference if len(evidence.outputs) == 1 else None
    targets = leaves(seen.training.y) if seen.training is not None else []
    if reference is None or reference.positions or len(targets) != 1:
        return "simple models were not asked for one target a row"
    if not finds_little(reference):
        return "simple models find the targets in the rows as fit got them"
    names, file = held_by_name()
    if seen.data == "PyDataset":
        names |= held_within(seen.arguments.get("x"), names)
    best = _best(seen, np.asarray(targets[0]), names, classes=reference.levels is not None)
    passed = reference.best_simple[1] if reference.best_simple is not None else 0.0
    if best is None or best.skill < TIMES * skill(passed, reference.best_trivial[1]):
        return "the program holds no other rows from which simple models tell these targets"
    mapping = one_for_all(names)
    place = handed_at(seen, names, file, mapping)
    mended = best.pair.mended
    line = joined_at(file, mended.column, seen.place.line if seen.place else None) if mended else None
    return replace(
        best.told,
        passed=passed,
        passed_measure=reference.measure,
        mapping=mapping,
        misjoined=mended.says if mended else "",
        place=Place(file=file, line=line) if line is not None else place,
    )


def _best(seen: Observation, targets: np.ndarray, names: Mapping[str, Any], *, classes: bool) -> Tried | None:
    """The held rows that clearly tell their targets, those first in which rows of fit are found."""
    assert seen.training is not None
    deadline = time.process_time() + SECONDS
    best: Tried | None = None
    for pair in _pairs(names, targets, classes=classes, drawn=seen.data != "arrays"):
        tried = tried_on(_not_left_out(pair, seen.training, targets), classes=classes)
        if tried is not None and tried.skill >= CLEARLY:
            found, agree, asked = _looked_up(seen.training, pair)
            if 2 * found >= asked > 0 and agree >= MOSTLY * found:
                return None  # fit got these rows with their own targets: nothing was lost on the way
            tried = replace(tried, told=replace(tried.told, found=found, agree=agree))
            if best is None or (found, tried.skill) > (best.told.found, best.skill):
                best = tried
        if time.process_time() > deadline:
            break
    return best


def _not_left_out(pair: HeldPair, training: Rows, targets: np.ndarray) -> HeldPair:
    """The pair without columns that fit got nothing of, where its rows are those of fit, one by one."""
    flat = flat_targets(targets)
    if pair.mended is not None or flat is None or not follows(pair.y, flat):
        return pair
    passed = [np.asarray(each).reshape(len(flat), -1) for each in leaves(training.x)]
    if any(each.dtype.kind not in "biuf" for each in passed):
        return pair
    return replace(pair, x=seen_in(pair.x, np.concatenate(passed, axis=1)))


def finds_little(reference: Reference) -> bool:
    """Whether no simple model finds much in the rows as they are."""
    best, (_, floor) = reference.best_simple, reference.best_trivial
    return best is not None and skill(best[1], floor) < _LITTLE


@dataclass(frozen=True)
class HeldPair:
    """Inputs and targets of as many rows that the program holds under these names.

    `mended` says of a table what was joined anew in it, None for rows as they are held.
    """

    inputs: str
    targets: str
    x: np.ndarray
    y: np.ndarray
    mended: Misjoined | None = None


def _pairs(
    names: Mapping[str, Any], targets: np.ndarray, *, classes: bool, drawn: bool
) -> Iterator[HeldPair]:
    """Held rows with held targets that are of the kind of those that fit got, text and the widest first."""
    flat = flat_targets(targets)
    if flat is None:
        return
    joined = {each.into: each for each in misjoined(names)}
    arrays = {
        name: array
        for name, value in names.items()
        if (array := as_rows(joined[name].mended if name in joined else value)) is not None
    }
    known = {name: held for name, array in arrays.items() if (held := flat_targets(array)) is not None}
    count = 0
    widest = sorted(arrays.items(), key=lambda each: (each[1].dtype.kind != "U", -each[1][:1].size))
    for name, array in widest:
        if array.dtype.kind != "U" and (array.ndim < 2 or array[:1].size < 2):
            continue
        other = _targets_for(array, known, flat, classes=classes, drawn=drawn)
        rows = without_targets(array, known[other]) if other else array
        if other and rows[:1].size:
            count += 1
            yield HeldPair(name, other, rows, known[other], joined.get(name))
        if count == _MOST_PAIRS:
            return


def _targets_for(
    array: np.ndarray, known: Mapping[str, np.ndarray], passed: np.ndarray, *, classes: bool, drawn: bool
) -> str:
    """The one name whose values may be the targets of these rows; "" for none, or where several may be.

    Targets that fit got as they are held are the right ones. Others of the same kind are taken for them only
    where there is no second choice: a program may hold several labels for its rows.
    """
    fitting = {name: held for name, held in known.items() if len(held) == len(array)}
    own = [name for name, held in fitting.items() if follows(held, passed)]
    if own:
        return own[0]
    alike = [
        name for name, held in fitting.items() if same_targets(held, passed, classes=classes, drawn=drawn)
    ]
    several = any(not np.array_equal(fitting[name], fitting[alike[0]]) for name in alike)
    return alike[0] if alike and not several else ""


@dataclass(frozen=True)
class Tried:
    """What simple models find in a pair, and how far that is from a constant answer to perfect."""

    pair: HeldPair
    told: Upstream
    skill: float


def tried_on(pair: HeldPair, *, classes: bool) -> Tried | None:
    """What simple models find in a pair; None where they cannot be asked."""
    series = pair.x.dtype.kind != "U" and is_series(pair.x, pair.y.astype(np.float64), classes=classes)
    rows = spaced(len(pair.y), min(_ROWS, len(pair.y))) if not series else np.arange(len(pair.y))[-_ROWS:]
    y = np.unique(pair.y[rows], return_inverse=True)[1].reshape(-1) if classes else pair.y[rows].astype(float)
    leaf = Leaf(((pair.x, rows),))
    try:
        features, words = features_of([leaf])
    except NoTableError:
        return None
    count = int(y.max()) + 1 if classes else None
    table = FeatureTable(features, y, count, series, words, codes_of([leaf]))
    folds = folds_of(y, classes=classes, series=series, count=3)
    learners = {"nearest neighbours": neighbours(table, folds), "a straight line": straight(table, folds)}
    if table.codes is not None:
        learners[called_by_levels(table)] = by_levels(table, folds)
    held = np.concatenate([fold.test for fold in folds])
    equal = 1.0 / count if count else 0.0
    scores = {name: _score(learner(y)[held], y[held], classes=classes) for name, learner in learners.items()}
    best = max(scores, key=lambda name: scores[name])
    told = Upstream(
        inputs=pair.inputs,
        targets=pair.targets,
        measure="balanced accuracy" if classes else "R2",
        learner=best,
        score=scores[best],
        baseline=equal,
        rows=len(pair.y),
    )
    return Tried(pair, told, skill(scores[best], equal))


def _score(answers: np.ndarray, targets: np.ndarray, *, classes: bool) -> float:
    if not classes:
        spread = float(((targets - targets.mean()) ** 2).sum())
        return 1.0 - float(((answers - targets) ** 2).sum()) / max(spread, 1e-300)
    shares = np.bincount(targets, minlength=answers.shape[1]) / len(targets)
    decided = (answers / np.maximum(shares, 1e-9)).argmax(axis=1)
    return float(np.mean([(decided[targets == level] == level).mean() for level in np.unique(targets)]))


def _looked_up(training: Rows, pair: HeldPair) -> tuple[int, int, int]:
    """How many of fit's rows stand among the held ones, and how many of these with the target beside them.

    The last is how many were looked up, 0 where the two cannot be compared. A row counts by its values,
    whatever axes of one were put around them.
    """
    inputs, targets = leaves(training.x), flat_targets(np.asarray(leaves(training.y)[0]))
    if len(inputs) != 1 or targets is None or inputs[0][:1].size != pair.x[:1].size:
        return 0, 0, 0
    own = np.asarray(inputs[0])
    held = pair.x.astype(own.dtype)
    at: dict[bytes, int] = {}
    for number, row in enumerate(held):
        at[row.tobytes()] = number
    rows = spaced(len(own), min(_LOOKED_UP, len(own)))
    standing = [(row, at[key]) for row in rows if (key := own[row].tobytes()) in at]
    agree = sum(bool(targets[row] == pair.y[other]) for row, other in standing)
    return len(standing), agree, len(rows)
