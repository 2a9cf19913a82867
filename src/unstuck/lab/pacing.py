"""The size of the trials found out by their first steps, so that what is begun also ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unstuck.case.proofs import ChangeRecord
from unstuck.lab.arms import TOO_LONG, Arm
from unstuck.lab.bench import Bench
from unstuck.lab.recipe import Recipe
from unstuck.lab.rerun import Rerun
from unstuck.lab.resize import Size, resized
from unstuck.lab.sizing import FEWEST_ROWS, FEWEST_SEQUENCES, FEWEST_UPDATES, each_of
from unstuck.lab.trials import SEEDS
from unstuck.lab.verdicts import FEWEST_PAIRS

#: Trainings of the smallest proof: of one set of remedies, in as few pairs as give a verdict.
FEWEST_ARMS = 2 * FEWEST_PAIRS

#: How often a size is corrected: fewer rows may make an update cheaper, but not without end.
_CORRECTIONS = 4

#: The share of the time left that is planned for: judging a training also takes time.
_PLANNED = 0.9


@dataclass(frozen=True)
class Paced:
    """The size at which the trainings fit, and where there is none, the budget that the smallest would need.

    `needed` are seconds of work, 0.0 where they fit.
    """

    size: Size
    needed: float = 0.0


def paced(
    bench: Bench,
    recipe: Recipe | Rerun,
    sets: Sequence[tuple[ChangeRecord, ...]],
    size: Size,
    arms: int,
) -> Paced:
    """Train the first pair, smaller again where its first steps show that all of them would not fit.

    Args:
        bench: trains them, and keeps what came to its end.
        recipe: what is trained.
        sets: the changes of the first pair.
        size: the size to begin with.
        arms: how many trainings of that size there will be, with those of the first pair.
    """
    workers = bench.executor.workers
    for _ in range(_CORRECTIONS):
        share = each_of(_PLANNED * bench.clock.left, workers, arms)
        long = bench.run([(changes, SEEDS[0]) for changes in sets], size, share)
        worst = max(long, key=lambda arm: arm.projected, default=None) or _ended_late(bench, sets, size)
        if worst is None:
            return Paced(size)
        whole = worst.projected or worst.seconds
        part = (share - worst.fixed) / max(whole - worst.fixed, 1e-6)
        fewer = smaller(recipe, size, part)
        if fewer != size:
            size = fewer
        elif not worst.projected:  # trained to its end, and no smaller one is worth anything
            return Paced(size)
        elif arms > FEWEST_ARMS:
            arms = FEWEST_ARMS
        else:
            rounds = math.ceil(FEWEST_ARMS / max(workers, 1))
            return Paced(size, bench.clock.spent + whole * rounds / _PLANNED)
    return Paced(size)


def _ended_late(bench: Bench, sets: Sequence[tuple[ChangeRecord, ...]], size: Size) -> Arm | None:
    """The longer of the first pair, where so little time is left that two more pairs do not fit."""
    done = [arm for changes in sets if (arm := bench.arm(changes, SEEDS[0], size)) is not None]
    longest = max(done, key=lambda arm: arm.seconds, default=None)
    if longest is None:
        return None
    left = each_of(bench.clock.left, bench.executor.workers, FEWEST_ARMS - len(sets))
    return longest if longest.seconds > TOO_LONG * left else None


def smaller(recipe: Recipe | Rerun, size: Size, part: float) -> Size:
    """The size of about so small a part of the updates; the same one where it is the smallest already.

    Fewer rows first, down to those of which a share can be told, then fewer epochs, as far as
    `FEWEST_UPDATES` remain.
    """
    if isinstance(recipe, Rerun):
        epochs = max(1, int(recipe.epochs * size.epochs * part))
        return Size(epochs=epochs / recipe.epochs) if epochs < round(recipe.epochs * size.epochs) else size
    now = resized(recipe, size)
    wanted = max(now.updates * part, FEWEST_UPDATES)
    if wanted >= now.updates:
        return size
    fewest = min(now.rows, FEWEST_SEQUENCES if size.steps else FEWEST_ROWS)
    rows = max(int(now.rows * wanted / now.updates), fewest)
    fewer = Size(rows=rows if rows < recipe.rows else 0, epochs=size.epochs, steps=size.steps)
    epochs = max(1, math.floor(wanted * now.epochs / max(resized(recipe, fewer).updates, 1)))
    if epochs < now.epochs:
        fewer = Size(rows=fewer.rows, epochs=epochs / recipe.epochs, steps=size.steps)
    return fewer if resized(recipe, fewer).updates < now.updates else size
