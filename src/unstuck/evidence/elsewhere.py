"""Decisions at the threshold in use, and at one that other rows chose. Pure numpy."""

from __future__ import annotations

import numpy as np

from unstuck.evidence.decisions import Answers
from unstuck.evidence.facts import Elsewhere
from unstuck.evidence.meaning.thresholds import UsedThreshold
from unstuck.evidence.predictions import best_threshold
from unstuck.evidence.reference.scores import PAIRED_ERRORS

#: Rows in a half: fewer choose a threshold by chance.
_FEWEST = 20


def answers_elsewhere(answers: Answers, rows: int, used: UsedThreshold | None) -> Elsewhere | None:
    """What another threshold makes of the answers to `rows` rows; None where no metric decides by one."""
    if used is None or answers.right is None:
        return None
    groups = np.repeat(np.arange(rows), len(answers.scores) // rows)
    return decided_elsewhere(answers.scores, answers.right.reshape(answers.scores.shape) == 1, groups, used)


def decided_elsewhere(
    scores: np.ndarray, yes: np.ndarray, groups: np.ndarray, used: UsedThreshold
) -> Elsewhere | None:
    """Right decisions at the threshold in use and elsewhere.

    None where a half of the rows is too small or holds one class. Each half is
    judged at the threshold with the most right decisions on the other half.

    Args:
        scores: (places, units), finite.
        yes: what is right, the same shape, boolean.
        groups: the row that each place belongs to, (places,).
        used: the threshold in use.
    """
    if not np.isfinite(scores).all():
        return None
    sign = -1.0 if used.below else 1.0
    scores = sign * scores
    _, rows = np.unique(groups, return_inverse=True)
    rows = rows.reshape(-1)
    count = int(rows.max()) + 1 if len(rows) else 0
    half = np.random.default_rng(0).permutation(count) % 2 == 0
    halves = [half[rows], ~half[rows]]
    if count < 2 * _FEWEST or any(yes[each].all() or not yes[each].any() for each in halves):
        return None
    moved, cuts = np.zeros(yes.shape, bool), []
    for choose, judge in (halves, halves[::-1]):
        cut, _ = best_threshold(scores[choose].reshape(-1), yes[choose].reshape(-1), sign * used.at)
        moved[judge] = (scores[judge] > cut) == yes[judge]
        cuts.append(cut)
    before = (scores > sign * used.at) == yes
    alike = np.where(yes, 0.5 / yes.mean(), 0.5 / (~yes).mean())
    gain = moved.astype(np.float64) - before
    return Elsewhere(
        metric=used.metric,
        own=used.own,
        below=used.below,
        threshold=used.at,
        chosen=sign * float(np.mean(cuts)),
        rows=count,
        right=float(before.mean()),
        right_moved=float(moved.mean()),
        low=_least(gain, rows),
        balanced=float((alike * before).mean()),
        balanced_moved=float((alike * moved).mean()),
        balanced_low=_least(alike * gain, rows),
        place=used.place,
    )


def _least(gain: np.ndarray, rows: np.ndarray) -> float:
    """The least that the gain may be: its mean over rows less three standard errors."""
    counts = np.bincount(rows)
    by_row = np.bincount(rows, weights=gain.mean(axis=1)) / counts
    error = float(by_row.std(ddof=1)) / float(np.sqrt(len(by_row)))
    return float(by_row.mean()) - PAIRED_ERRORS * error
