"""The experiment learnability."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from unstuck.evidence.facts import Learnability
from unstuck.evidence.probe import Clock
from unstuck.evidence.reference.folds import Fold, folds_of
from unstuck.evidence.reference.learners import TREE_CLASSES, Learner, learners_of
from unstuck.evidence.reference.problem import LOPSIDED
from unstuck.evidence.reference.table import FeatureTable
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._rows import table_of
from unstuck.lab.recipe import Recipe
from unstuck.rules.bounds import share_noise
from unstuck.rules.labels._learnable import (
    by_chance,
    finds_nothing,
    finds_something,
    is_powered,
    order_tells,
    reached,
)

#: Rows looked at: an accuracy over 1,000 rows has a standard error of .016, and 40 rounds of fits on
#: them take a few seconds.
MOST_ROWS = 1000

#: Below this many rows the answer is worth nothing, so rows are not thinned further for the time.
FEWEST_ROWS = 100

#: Seconds of computing it takes at most, and the share of those left that it may use.
SECONDS, SHARE = 8.0, 0.8

#: How often the labels are dealt out anew, as the time allows: 19 times is the least that can come
#: to p = .05.
DRAWS = (39, 19)

#: After this many draws that do as well, p will be above .05 whatever the others do (Besag and
#: Clifford 1991: a permutation test may stop there).
ENOUGH_AS_GOOD = 10

#: One-sided normal deviates of 1 in 20 and of 4 in 5: an advantage of their sum, in standard errors,
#: comes out above what chance reaches once in twenty times, four times out of five.
_ONE_IN_TWENTY, _FOUR_IN_FIVE = 1.645, 0.842


@experiment("learnability", decides=("nothing-to-learn",), trains=True)
def learnability(recipe: Recipe, clock: Clock) -> Answer:
    """What simple models reach on the same rows.

    Asks: is there anything in the inputs that tells the targets?
    How: logistic (or linear) regression, nearest neighbours and boosted trees are fitted on four
    fifths of the rows and judged on the rest, five times, so that each row is judged once; a series
    is judged stretch by stretch, by what came before. Then the targets are dealt out anew, 39
    times, and the best of the same models is taken each time: that is what chance reaches.
    Means: where a simple model clearly beats the constant answer, a network can. Where none does
    and the rows were enough to show it, no change of the network will find more in these inputs;
    structure that only a special network sees is not ruled out, so this is measured, not proved.
    """
    import sklearn.ensemble  # noqa: F401  (loaded first: only loaded libraries can be limited)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # on tables this small, threads wait for each other longer than they work
        record = _measured(recipe, clock)
    return Answer(
        says=_says(record),
        shows=_shows(record),
        supports=("nothing-to-learn",) if finds_nothing(record) else (),
        refutes=("nothing-to-learn",) if finds_something(record) else (),
        record=record,
    )


def _measured(recipe: Recipe, clock: Clock) -> Learnability:
    """As many fits as the time allows."""
    allowed = min(SECONDS, SHARE * clock.left)
    trial, scores, once = _first(table_of(recipe, MOST_ROWS))
    if once * (DRAWS[-1] + 3) > allowed and trial.table.rows > FEWEST_ROWS:
        fewer = int(trial.table.rows * allowed / (once * (DRAWS[-1] + 3)))
        if fewer < FEWEST_ROWS:
            raise UnaskableError(f"{allowed:.1f} seconds are too few to fit simple models to these rows")
        trial, scores, once = _first(table_of(recipe, fewer))
    draws = next((count for count in DRAWS if (count + 3) * once <= allowed), DRAWS[-1])
    chance = _chance(trial, max(scores.values()), draws, clock)
    return _record(trial, scores, chance)


def _first(table: FeatureTable) -> tuple[_Trial, dict[str, float], float]:
    """The trial of a table, the true scores, and the seconds of computing that a draw takes."""
    trial = _Trial.of(table)
    scores = trial.scores(table.targets)
    # Not the first round of fits, which loads and prepares what the others find ready.
    begun = time.process_time()
    trial.scores(trial.dealt(np.random.default_rng(0)))
    return trial, scores, time.process_time() - begun


@dataclass(frozen=True)
class _Trial:
    """A table, its folds, the learners on them, and how answers are judged."""

    table: FeatureTable
    folds: Sequence[Fold]
    learners: Mapping[str, Learner]
    measure: str

    @classmethod
    def of(cls, table: FeatureTable) -> _Trial:
        """Folds as the data ask, and the measure that fits the targets."""
        folds = folds_of(table.targets, classes=table.classes is not None, series=table.series)
        measure = "R2"
        if table.classes is not None:
            equal, most = 1.0 / table.classes, np.bincount(table.targets).max() / table.rows
            lopsided = most > LOPSIDED * equal + share_noise(equal, table.rows)
            measure = "balanced accuracy" if lopsided else "accuracy"
        return cls(table, folds, learners_of(table, folds), measure)

    @property
    def held_out(self) -> np.ndarray:
        """The numbers of the rows that are judged."""
        return np.concatenate([fold.test for fold in self.folds])

    def scores(self, targets: np.ndarray) -> dict[str, float]:
        """What each learner reaches on these targets."""
        return {name: self.score(learner(targets), targets) for name, learner in self.learners.items()}

    def score(self, answers: np.ndarray, targets: np.ndarray) -> float:
        """The measure of answers on the held-out rows."""
        if self.table.classes is None:
            errors = [((answers[test] - targets[test]) ** 2).sum() for _, test in self.folds]
            spread = [((targets[train].mean() - targets[test]) ** 2).sum() for train, test in self.folds]
            return 1.0 - float(np.sum(errors)) / max(float(np.sum(spread)), 1e-300)
        right = self.hits(answers, targets)
        if self.measure == "accuracy":
            return float(right[self.held_out].mean())
        judged = self.held_out
        present = np.unique(targets[judged])
        return float(np.mean([right[judged][targets[judged] == k].mean() for k in present]))

    def hits(self, answers: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Which rows' class is decided right."""
        decided = np.full(len(targets), -1)
        for train, test in self.folds:
            chances = answers[test]
            if self.measure != "accuracy":
                share = np.bincount(targets[train], minlength=chances.shape[1]) / len(train)
                chances = chances / np.maximum(share, 1.0 / len(train))
            decided[test] = chances.argmax(axis=1)
        return np.asarray(decided == targets)

    @property
    def baseline(self) -> float:
        """What the best constant answer gets on the held-out rows."""
        targets, classes = self.table.targets, self.table.classes
        if classes is None:
            return 0.0
        if self.measure != "accuracy":
            return 1.0 / len(np.unique(targets[self.held_out]))
        hits = [(targets[test] == np.bincount(targets[train]).argmax()).sum() for train, test in self.folds]
        return float(sum(hits)) / len(self.held_out)

    @property
    def persistence(self) -> float | None:
        """What "the same as the row before" gets, None where the rows are no series."""
        if not self.table.series:
            return None
        before = np.roll(self.table.targets, 1)
        known = before if self.table.classes is None else np.eye(self.table.classes)[before]
        return self.score(known, self.table.targets)

    def dealt(self, draw: np.random.Generator) -> np.ndarray:
        """The targets dealt out anew: within each fold, so that it keeps its mix of classes; those of
        a series moved along it, so that neighbours stay alike.
        """
        targets = self.table.targets
        if self.table.series:
            tenth = max(1, self.table.rows // 10)
            return np.roll(targets, int(draw.integers(tenth, self.table.rows - tenth)))
        dealt = targets.copy()
        for _, test in self.folds:
            dealt[test] = targets[draw.permutation(test)]
        return dealt


def _chance(trial: _Trial, score: float, draws: int, clock: Clock) -> list[float]:
    """The best score of each draw.

    Raises:
        UnaskableError: the time is up before the draws can tell anything.
    """
    draw, found = np.random.default_rng(0), list[float]()
    while len(found) < draws:
        if len(found) >= DRAWS[-1] and sum(each >= score for each in found) >= ENOUGH_AS_GOOD:
            break
        if not clock.left:
            if len(found) < DRAWS[-1]:
                raise UnaskableError("the time was up before chance could be measured")
            break
        found.append(max(trial.scores(trial.dealt(draw)).values()))
    return found


def _record(trial: _Trial, scores: Mapping[str, float], chance: Sequence[float]) -> Learnability:
    """The figures as evidence."""
    table, baseline, best = trial.table, trial.baseline, max(scores.values())
    error, spread = _error(trial, best), max(float(np.std(chance)), _error(trial, baseline))
    usual = float(np.mean(chance))
    hidden = max(0.0, usual - baseline) + (_ONE_IN_TWENTY + _FOUR_IN_FIVE) * spread
    counts = np.bincount(table.targets) if table.classes is not None else None
    return Learnability(
        measure=trial.measure,
        scores=tuple(sorted(scores.items(), key=lambda each: -each[1])),
        baseline=baseline,
        persistence=trial.persistence,
        majority=float(counts.max() / table.rows) if counts is not None else None,
        classes=table.classes,
        p_value=(1 + sum(each >= best for each in chance)) / (1 + len(chance)),
        permutations=len(chance),
        smallest=hidden,
        noise=error,
        rows=table.rows,
        held_out=len(trial.held_out),
        columns=int(table.features.shape[1]),
        series=table.series,
    )


def _error(trial: _Trial, score: float) -> float:
    """The standard error of a score: of a share, of a mean of shares, or of R2 (Olkin and Finn 1995)."""
    targets, rows = trial.table.targets, len(trial.held_out)
    share = min(max(score, 0.0), 1.0)
    if trial.measure == "R2":
        return 2.0 * math.sqrt(share / rows) * (1.0 - share)
    if trial.measure == "accuracy":
        return math.sqrt(share * (1.0 - share) / rows)
    counts = np.bincount(targets[trial.held_out])
    counts = counts[counts > 0]
    return math.sqrt(share * (1.0 - share) * float((1.0 / counts).sum())) / len(counts)


def _shows(record: Learnability) -> dict[str, object]:
    """The record as plain data."""
    return {**asdict(record), "scores": dict(record.scores), "best": record.best}


def _says(record: Learnability) -> str:
    """What was done, what came out, what it means."""
    says = f"{reached(record)} {by_chance(record)}: {_meaning(record)}"
    if record.persistence is not None and record.persistence >= record.score and order_tells(record):
        says += (
            f" The same answer as the row before reaches {record.persistence:.3f}: no model beats that, so "
            "beyond the last value nothing was found."
        )
    if record.classes is not None and record.classes > TREE_CLASSES:
        says += f" Boosted trees were left out: {record.classes} classes take too long."
    return says


def _meaning(record: Learnability) -> str:
    """What the figures come to."""
    points = f"{record.smallest:.2g}"
    power = f"an advantage of {points} would have shown four times out of five."
    if finds_something(record):
        return "there is something to learn."
    if finds_nothing(record):
        return f"no simple model finds anything in these inputs; {power}"
    if order_tells(record):
        return "the inputs tell these models nothing, but each target is much like the one before."
    if not is_powered(record):
        return f"this tells nothing, as only an advantage of {points} would have shown on so few rows."
    return f"a trace at most; {power}"
