"""The experiment shuffled-labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.evidence.reference.folds import is_series
from unstuck.evidence.scores import skill
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._arms import constant_score, figure, measure_of, trained
from unstuck.lab.experiments._rows import targets_of
from unstuck.lab.recipe import Recipe, taken
from unstuck.lab.sizing import affordable
from unstuck.rules.bounds import share_noise

#: Trainings with each kind of labels: three pairs tell a rule from a lucky start.
SEEDS = 3

#: The share of the time left that it may use.
SHARE = 0.8

#: From half of the way to perfect on, labels that mean nothing have been learned by heart.
BY_HEART = 0.5

#: Ten points more on the training rows than on held-out ones: what is learned does not carry over.
GAP = 0.1


@experiment("shuffled-labels", decides=("overfitting", "nothing-to-learn"), trains=True)
def shuffled_labels(recipe: Recipe, clock: Clock) -> Answer:
    """What the network learns of labels that mean nothing.

    Asks: does the network learn its rows by heart, and do the labels bear on the inputs at all?
    How: the same network is trained as the user does, and once more with the training labels dealt
    out at random (in a series: moved along it), three times each. Held-out rows keep their labels.
    Means: labels that mean nothing can only be learned by heart. Where the training score gets as
    high with them as with the true ones, a high training score is no sign of learning. Where true
    labels are learned clearly better, they do bear on the inputs. A score on held-out rows above
    the constant answer cannot come from meaningless labels: then the rows or the score leak.
    """
    size = affordable(recipe, SHARE * clock.left, 1, 2 * SEEDS)
    true, dealt, true_held, dealt_held = list[float](), list[float](), list[float](), list[float]()
    rows = epochs = 0
    for seed in range(SEEDS):
        begun = clock.spent
        try:
            pair = [
                trained(version, seed, size, clock.left)
                for version in (recipe, with_dealt_labels(recipe, seed))
            ]
        except UnaskableError:
            if not true:
                raise
            break
        for arm, taught, held in zip(pair, (true, dealt), (true_held, dealt_held), strict=True):
            taught.append(figure(arm, "right"))
            if any("val_right" in scores for scores in arm.scores.values()):
                held.append(figure(arm, "val_right"))
        rows, epochs = pair[0].rows, pair[0].epochs
        if clock.left < clock.spent - begun:
            break
    shows = {
        "measure": measure_of(recipe),
        "true": true,
        "dealt": dealt,
        "true_held_out": true_held,
        "dealt_held_out": dealt_held,
        "baseline": _baseline(recipe),
        "rows": rows,
        "epochs": epochs,
    }
    supports = ("overfitting",) if _by_heart(shows) else ()
    refutes = ("nothing-to-learn",) if _told_apart(shows) else ()
    return Answer(says=_says(shows), shows=shows, supports=supports, refutes=refutes)


def with_dealt_labels(recipe: Recipe, seed: int) -> Recipe:
    """The recipe with the labels of its training rows dealt out anew; a label keeps its weight.

    Those of a series are moved along it by a tenth to nine tenths, so that neighbours stay alike.

    Raises:
        UnaskableError: there are too few rows, or no labels.
    """
    count = recipe.training_rows
    if recipe.y is None or count < 2:
        raise UnaskableError("there are no labels to deal out" if recipe.y is None else "one row is too few")
    draw = np.random.default_rng(seed)
    order = draw.permutation(count)
    if _in_time_order(recipe):
        tenth = max(1, count // 10)
        order = np.roll(np.arange(count), int(draw.integers(tenth, max(tenth + 1, count - tenth))))
    order = np.concatenate([order, np.arange(count, recipe.rows)])
    weight = recipe.sample_weight
    return replace(
        recipe,
        y=taken(recipe.y, order),
        sample_weight=None if weight is None else weight[order],
    )


def _in_time_order(recipe: Recipe) -> bool:
    try:
        targets, classes = targets_of(recipe)
    except UnaskableError:
        return False
    return is_series(recipe.x, targets, classes=classes is not None)


def _baseline(recipe: Recipe) -> float:
    """What a constant answer gets on the training rows."""
    try:
        targets, classes = targets_of(recipe)
    except UnaskableError:
        return 0.0
    return constant_score(targets[: recipe.training_rows] if classes is not None else None)


def _by_heart(shows: dict[str, object]) -> bool:
    """Whether meaningless labels are learned as well as the true ones, which do not carry over."""
    true, dealt, held, base = (_numbers(shows[key]) for key in ("true", "dealt", "true_held_out", "baseline"))
    noise = share_noise(float(true.mean()), int(_numbers(shows["rows"])[0]))
    as_high = float(dealt.mean()) >= float(true.mean()) - noise
    carries_over = len(held) > 0 and float(true.mean() - held.mean()) < GAP
    return as_high and skill(float(dealt.mean()), float(base[0])) >= BY_HEART and not carries_over


def _told_apart(shows: dict[str, object]) -> bool:
    """Whether each training on true labels beats each on meaningless ones by more than noise."""
    true, dealt, base = (_numbers(shows[key]) for key in ("true", "dealt", "baseline"))
    noise = share_noise(float(true.mean()), int(_numbers(shows["rows"])[0]))
    least = max(noise, LEARNED_SHARE * (1.0 - float(base[0])))
    return len(true) == SEEDS and float(true.min() - dealt.max()) > least


def _numbers(value: object) -> np.ndarray:
    return np.atleast_1d(np.asarray(value, np.float64))


def _says(shows: dict[str, object]) -> str:
    """What was done, what came out, what it means."""
    true, dealt, held, dealt_held = (
        _numbers(shows[key]) for key in ("true", "dealt", "true_held_out", "dealt_held_out")
    )
    says = (
        f"Trained {len(true)} times on {shows['rows']:,} rows for {_counted(shows['epochs'], 'epoch')}, the "
        f"network reaches a training {shows['measure']} of {true.mean():.3f} on average; with labels that "
        f"were dealt out anew, {dealt.mean():.3f}"
    )
    if len(held):
        says += f" (on held-out rows {held.mean():.3f} and {dealt_held.mean():.3f})"
    if _by_heart(shows):
        return f"{says}: it learns its rows by heart, so its training score says nothing of other rows."
    if _told_apart(shows):
        return f"{says}: the labels do bear on the inputs."
    if skill(float(dealt.mean()), float(_numbers(shows["baseline"])[0])) < LEARNED_SHARE:
        return f"{says}: in this many updates it learns nothing by heart."
    return f"{says}."


def _counted(number: object, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
