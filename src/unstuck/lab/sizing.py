"""How large the trainings of a trial can be within the budget."""

from __future__ import annotations

import math

from unstuck.evidence.sample import leaves
from unstuck.lab.recipe import Recipe
from unstuck.lab.rerun import Rerun
from unstuck.lab.resize import Size, fewest_steps

#: Seconds of a training beside its updates: building, compiling, judging (measured on small models).
OVERHEAD = {"torch": 0.5, "jax": 3.0, "tensorflow": 3.5}

#: Seconds of a first fit that compiling takes (measured: 1.4 s of the CPU on JAX and TensorFlow).
COMPILING = {"torch": 0.05, "jax": 1.3, "tensorflow": 1.3}

#: Rows below which a share of right decisions is too coarse: one standard error is 3 % at 256 rows.
FEWEST_ROWS = 256

#: The same for long sequences, whose rows are dear: one standard error is 5 % at 96 rows.
FEWEST_SEQUENCES = 96

#: Updates below which no training shows anything: Adam moves each weight by its rate an update, and
#: 30 updates by .001 are some standard deviations of a freshly drawn kernel of 1,000 inputs.
FEWEST_UPDATES = 30

#: The part of the time that is planned for where a run was too short to tell its cost well, and where
#: a cure (a mask in a loop over time steps) makes updates dearer.
_CAUTION = 0.25

#: A training that is still stuck at the first size is given up to this many times its epochs.
LONGEST = 10.0


def update_seconds(recipe: Recipe) -> float:
    """Seconds that one update took, compiling apart.

    A remedy may make batches smaller and updates cheaper; then more fits than is counted on.
    """
    updates = max(recipe.updates, 1)
    whole = recipe.seconds_per_update * updates
    compiling = min(COMPILING.get(recipe.backend, 1.0), 0.8 * whole)
    return max((whole - compiling) / updates, 1e-5)


def each_of(seconds: float, workers: int, arms: int) -> float:
    """What each of so many trainings may take on so many workers."""
    return seconds / max(1, math.ceil(arms / max(workers, 1)))


def _for_updates(recipe: Recipe, each: float) -> float:
    """What of a training's seconds is left for its updates."""
    return max(each - OVERHEAD.get(recipe.backend, 3.0), 0.2 * each)


def affordable(recipe: Recipe, seconds: float, workers: int, arms: int, updates: int = 0) -> Size:
    """The size at which so many trainings fit into these seconds.

    The user's own size where it fits; else fewer rows, down to `FEWEST_ROWS`, then fewer epochs.
    Padded sequences are cut short first, as that costs no row.

    Args:
        recipe: what is trained.
        seconds: what there is for all of them.
        workers: how many run at the same time.
        arms: how many there are.
        updates: those of the longest of them at the user's size, as a remedy may ask for more.
    """
    left = _for_updates(recipe, each_of(seconds, workers, arms))
    cost, updates = update_seconds(recipe), max(updates, recipe.updates, 1)
    if updates * cost <= left:
        return Size()
    rows = _rows(recipe, updates, left / cost, FEWEST_ROWS)
    steps = fewest_steps(recipe, rows)
    if steps:
        cost *= steps / leaves(recipe.x)[0].shape[1]
        rows = _rows(recipe, updates, left / cost, FEWEST_SEQUENCES)
        steps = fewest_steps(recipe, rows) if rows < recipe.rows else 0
    share = rows / max(recipe.rows, 1)
    epochs = min(1.0, max(FEWEST_UPDATES, left / cost) / max(updates * share, 1.0))
    return Size(rows=rows if rows < recipe.rows else 0, epochs=epochs, steps=steps)


def dense(recipe: Recipe, seconds: float, workers: int, arms: int) -> Size:
    """As many updates as fit, on as few rows as tell anything: for a run too short to show a cure.

    At least `FEWEST_UPDATES`, and at most `LONGEST` times those of the user's run. Takes what
    `affordable` takes.
    """
    left = _for_updates(recipe, each_of(seconds, workers, arms))
    cost, rows = update_seconds(recipe), min(recipe.rows, FEWEST_ROWS)
    steps = fewest_steps(recipe, min(recipe.rows, FEWEST_SEQUENCES))
    if steps:
        rows = min(recipe.rows, FEWEST_SEQUENCES)
        cost *= steps / leaves(recipe.x)[0].shape[1]
    cost *= min(1.0, rows / recipe.batch_size)
    most = LONGEST * max(recipe.updates, FEWEST_UPDATES)
    updates = min(max(_CAUTION * left / cost, FEWEST_UPDATES), most)
    each_epoch = max(1.0, rows / recipe.batch_size)
    epochs = updates / each_epoch / recipe.epochs
    return Size(rows=rows if rows < recipe.rows else 0, epochs=epochs, steps=steps)


def _rows(recipe: Recipe, updates: int, possible: float, fewest: int) -> int:
    """Rows with which so many updates come down to those that are possible, as many epochs as before."""
    return min(recipe.rows, max(int(recipe.rows * possible / updates), fewest))


def affordable_again(rerun: Rerun, seconds: float, workers: int, arms: int) -> Size:
    """The epochs at which the script itself can be run so many times in these seconds."""
    each = each_of(seconds, workers, arms)
    return Size(epochs=min(1.0, each / max(rerun.seconds, 1e-3)))


def longer(size: Size, once: float, seconds: float, workers: int, arms: int) -> Size | None:
    """The same rows for more epochs, as many as fit; None where not even twice as many do.

    Args:
        size: the present size.
        once: seconds that a training of that size took.
        seconds: what there is for all of them.
        workers: how many run at the same time.
        arms: how many there are.
    """
    factor = min(LONGEST, each_of(seconds, workers, arms) / max(once, 1e-3))
    return Size(rows=size.rows, epochs=size.epochs * factor, steps=size.steps) if factor >= 2.0 else None
