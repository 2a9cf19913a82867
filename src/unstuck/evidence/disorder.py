"""Are the rows that fit got arranged amiss? Other orders, windows of a series, rows levelled one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Disorder, Evidence, Place, Reference
from unstuck.evidence.handed import name_of
from unstuck.evidence.held_rows import flat_targets
from unstuck.evidence.made.statements import behind, calls_in
from unstuck.evidence.scores import skill
from unstuck.evidence.upstream import CLEARLY, TIMES, HeldPair, Tried, finds_little, tried_on
from unstuck.watch.namespace import held_by_name
from unstuck.watch.observation import Observation

#: With so many rows none of the few orders that are tried makes a simple model find so much by chance: of two
#: classes it would take four standard errors.
_FEWEST = 100

#: Equal neighbours above what chance gives, in its standard errors. Rows that stand together by class are
#: told apart by where they stand, in almost any other order too.
_IN_BLOCKS = 4.0

#: Rows that are compared for windows and levels.
_MOST = 2000

#: Shares of rows that make a window, or a level, the rule and not the chance; and how alike numbers are that
#: differ by rounding and by a scale.
_NEARLY_ALL, _SAME = 0.99, 0.9999

#: A target is looked for so many windows after the first value of its own.
_WINDOWS = 8

#: Rows of so few columns have nothing to be levelled.
_FEWEST_COLUMNS = 4

#: What puts names in an order.
_ORDERS = frozenset({"sorted", "sort", "glob", "rglob", "iterdir", "listdir", "scandir", "argsort"})

#: What brings rows to one level: NumPy, Keras, scikit-learn.
_LEVELLERS = frozenset({"divide", "normalize", "l2_normalize", "minmax_scale", "scale", "fit_transform"})


def with_disorder(seen: Observation, evidence: Evidence) -> Evidence:
    """The evidence with a Disorder where simple models find little in the rows and an arrangement shows why.

    `absent` says why there is none.
    """
    reference = evidence.outputs[0].reference if len(evidence.outputs) == 1 else None
    found: Disorder | str = "simple models were not asked for one target a row"
    if reference is not None and not reference.positions:
        found = "simple models find the targets in the rows as fit got them"
        if finds_little(reference):
            rows = _rows(seen)
            found = (
                rows and _disorder(seen, rows, reference)
            ) or "no other arrangement of the rows is better"
    if isinstance(found, str):
        return replace(evidence, absent={**evidence.absent, "Disorder": found})
    return replace(evidence, disorder=found)


@dataclass(frozen=True)
class _Given:
    """The arrays that fit was given, whole where it got a slice of them, and their names."""

    x: np.ndarray
    y: np.ndarray
    names: tuple[str, str]
    file: str


def _rows(seen: Observation) -> _Given | None:
    x, y = (seen.arguments.get(name) for name in ("x", "y"))
    if type(x) is not np.ndarray or type(y) is not np.ndarray:
        return None
    held, file = held_by_name()
    names = (name_of(x, held), name_of(y, held))
    whole = tuple(_whole(each, held.get(name)) for each, name in zip((x, y), names, strict=True))
    x, y = whole if len(whole[0]) == len(whole[1]) else (x, y)
    targets = flat_targets(y)
    if targets is None or len(x) != len(targets) or len(x) < _FEWEST or x.dtype.kind not in "biuf":
        return None
    return _Given(x, targets, names, file)


def _whole(given: np.ndarray, held: Any) -> np.ndarray:
    """The named array of which fit got the first rows, else what fit got."""
    begins = isinstance(held, np.ndarray) and held.shape[1:] == given.shape[1:] and len(held) >= len(given)
    return held if begins and np.array_equal(held[: len(given)], given) else given


def _disorder(seen: Observation, given: _Given, reference: Reference) -> Disorder | None:
    classes = reference.levels is not None
    passed = reference.best_simple[1] if reference.best_simple is not None else 0.0
    least = max(CLEARLY, TIMES * skill(passed, reference.best_trivial[1]))
    base = Disorder(passed=passed, passed_measure=reference.measure, rows=len(given.x))
    line = seen.place.line if seen.place is not None else None
    if not classes:
        return _ahead(given, base, least, line) or _levelled(given, base, line)
    for order, targets in _orders(given.y) if not _in_blocks(given.y) else ():
        tried = tried_on(HeldPair(*given.names, given.x, targets), classes=True)
        if tried is not None and tried.skill >= least:
            chains = [behind(given.file, name, line) for name in given.names]
            sorting = [each for chain in chains for each in chain if calls_in(each) & _ORDERS]
            place = _place(given.file, sorting or chains[0])
            return replace(_scored(base, tried), order=order, place=place)
    return _levelled(given, base, line)


def _in_blocks(y: np.ndarray) -> bool:
    """Whether classes stand together, as in a file sorted by class or read folder by folder."""
    shares = np.unique(y, return_counts=True)[1] / len(y)
    chance = float((shares**2).sum())
    error = max(np.sqrt(chance * (1.0 - chance) / (len(y) - 1)), 1.0 / len(y))
    return bool((y[1:] == y[:-1]).mean() - chance > _IN_BLOCKS * error)


def _orders(y: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The targets in other orders that a program may have brought them into."""
    for first in (0, 1):
        by_name = np.array(sorted(range(first, first + len(y)), key=str)) - first
        yield "sorted names", y[by_name]
        yield "sorted names", y[np.argsort(by_name)]
    yield "reversed", y[::-1]


def _ahead(given: _Given, base: Disorder, least: float, line: int | None) -> Disorder | None:
    """Targets further ahead of their window than the value that follows it, which simple models foretell."""
    x = given.x.reshape(len(given.x), -1)[:_MOST]
    y = given.y[: len(x)].astype(np.float64)
    width = x.shape[1]
    if width < 2 or (x[1:, :-1] == x[:-1, 1:]).all(axis=1).mean() < _NEARLY_ALL:
        return None
    series = np.concatenate([x[0], x[1:, -1]]).astype(np.float64)
    for offset in range(width + 1, min(_WINDOWS * width, len(series) - _FEWEST)):
        later = series[offset : offset + len(y)]
        if np.corrcoef(later, y[: len(later)])[0, 1] > _SAME:
            break
    else:
        return None
    following = HeldPair(*given.names, x[:-1], x[1:, -1].astype(np.float64))
    tried = tried_on(following, classes=False)
    if tried is None or tried.skill < least:
        return None
    chain = behind(given.file, given.names[1], line)
    place = _place(given.file, [each for each in chain if _leaves_out_first(each)] or chain[:1])
    return replace(_scored(base, tried), ahead=offset - width + 1, held=len(later), rows=len(x), place=place)


def _levelled(given: _Given, base: Disorder, line: int | None) -> Disorder | None:
    """Rows each of which was brought to the same level and spread by itself."""
    if given.x.ndim != 2 or given.x.shape[1] < _FEWEST_COLUMNS or given.x.dtype.kind != "f":
        return None
    x = given.x[:_MOST].astype(np.float64)
    what = _same_in_all(x)
    if not what:
        return None
    chain = behind(given.file, given.names[0], line)
    place = _place(given.file, [each for each in chain if _levels(each)][:1] or chain[:1])
    return replace(base, levelled=what, columns=x.shape[1], place=place)


def _same_in_all(x: np.ndarray) -> str:
    near = 1.0 - _SAME
    mean, spread, length = x.mean(axis=1), x.std(axis=1), np.linalg.norm(x, axis=1)
    least, largest = x.min(axis=1), x.max(axis=1)
    ways = {
        "mean and deviation": (np.abs(mean) < near) & (np.abs(spread - 1.0) < near),
        "length": np.abs(length - 1.0) < near,
        "least and largest value": (least == 0.0) & (np.abs(largest - 1.0) < near) & (spread > 0),
    }
    # Values on one scale for all rows, as grey levels: most pictures hold the darkest and the brightest.
    common = len(np.unique(x)) < x.size / 2
    found = (name for name, rows in ways.items() if rows.mean() >= _NEARLY_ALL)
    return "" if common else next(found, "")


def _leaves_out_first(statement: ast.stmt) -> bool:
    """Whether a statement takes what begins later: `series[window + 1 :]`."""
    return any(isinstance(each, ast.Slice) and each.lower is not None for each in ast.walk(statement))


def _levels(statement: ast.stmt) -> bool:
    """Whether a statement divides, or calls what does."""
    divides = any(
        isinstance(each, ast.BinOp) and isinstance(each.op, ast.Div) for each in ast.walk(statement)
    )
    return divides or bool(calls_in(statement) & _LEVELLERS)


def _scored(base: Disorder, tried: Tried) -> Disorder:
    told = tried.told
    return replace(base, measure=told.measure, learner=told.learner, score=told.score, baseline=told.baseline)


def _place(file: str, chain: list[Any]) -> Place | None:
    return Place(file=file, line=chain[-1].lineno) if chain else None
