"""The experiment data-order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from unstuck.evidence.probe import Clock
from unstuck.evidence.reference.folds import is_series
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._rows import targets_of
from unstuck.lab.experiments._train import SEEDS, SLACK, Gain, Trainer, allowance, least_gain, rows_of, stream
from unstuck.lab.experiments._train_score import Scorer
from unstuck.lab.recipe import Recipe

#: Updates of a training at most, and the fewest that tell anything: four batches of one class each
#: are no order yet.
MOST, FEWEST = 300, 8

#: Held-out rows that a score needs: a share of 16 has a standard error of .125 at worst.
FEWEST_JUDGED = 16

#: Training and held-out rows score this much further apart than with a random split before the split
#: is called to blame: three standard errors of a share of .9 over a hundred rows.
APART = 0.1


@experiment("data-order", decides=("one-class-batches", "one-sided-validation-split"))
def data_order(recipe: Recipe, clock: Clock) -> Answer:
    """Whether the order of the rows holds the score down.

    Asks: would the same training do better on the same rows in another order?
    How: the model is trained for as many updates on its rows as they passed in the user's run, on
    the same rows shuffled before each epoch, and on the same rows in one random order throughout,
    with three seeds each; the score is that on rows spread over all training rows. Where
    `validation_split` holds the last rows out, it is also trained with the rows shuffled before
    they are split, and the distance between the scores of training and held-out rows is compared.
    Where there are more rows than the time allows, an even choice of them passes in the same order.
    Means: where shuffled rows reach a quarter or more of what is missing, and more than differs by
    chance (Student's t over the seeds, one-sided, 1 in 20), the order is to blame; where they
    surely do not, it is not. Where the distance shrinks by a tenth or more once the split is drawn
    at random, the held-out rows are of another kind than the training rows; for rows in time
    order that is what an honest split looks like, so nothing is said of them.
    """
    time_here = allowance(clock)
    splits = bool(recipe.validation_split) and recipe.held_out is None
    if recipe.shuffle and not splits:
        raise UnaskableError("fit shuffles the rows before each epoch, and nothing is cut off their end")
    if splits and _is_series(recipe):
        splits = False
        if recipe.shuffle:
            raise UnaskableError("the rows are in time order, where the last ones are rightly held out")
    arms = _arms(recipe, splits)
    trainer, epochs = _prepared(recipe, len(arms) * len(SEEDS), time_here)
    course = _Course(recipe, trainer, Scorer(trainer.model, trainer.x, trainer.y), epochs, arms)
    for seed in SEEDS:
        if time_here.left < len(arms) * course.updates * trainer.seconds:
            break
        course.run(seed)
    if len(course.taught["own"]) < len(SEEDS):
        raise UnaskableError(f"the time was up before all orders were tried with {len(SEEDS)} seeds")
    return _answer(recipe, course)


def _is_series(recipe: Recipe) -> bool:
    try:
        targets, classes = targets_of(recipe)
    except UnaskableError:
        return False
    return is_series(recipe.x, targets, classes=classes is not None)


def _arms(recipe: Recipe, splits: bool) -> tuple[str, ...]:
    orders = () if recipe.shuffle else ("shuffled", "permuted")
    return ("own", *orders, *(("split",) if splits else ()))


def _prepared(recipe: Recipe, trainings: int, clock: Clock) -> tuple[Trainer, int]:
    """A trainer on all rows, held-out ones too, thinned to what there is time for; and the epochs.

    Raises:
        UnaskableError: that is too few to tell anything.
    """
    share = recipe.validation_split if recipe.held_out is None else 0.0
    whole = replace(recipe, validation_split=0.0, held_out=None)
    trainer = Trainer(whole)
    cost = trainer.pilot(recipe.batch_size)
    updates = int(min(MOST, clock.left / (SLACK * cost * trainings)))
    size = min(recipe.batch_size, trainer.count)
    if updates < FEWEST:
        raise UnaskableError(f"an update takes {cost:.2g} s, too long to train {trainings} times")
    most = int(updates * size / (1.0 - share))
    if most < trainer.count:
        trainer = Trainer(rows_of(whole, most))
        trainer.pilot(size)
    an_epoch = -(-int(trainer.count * (1.0 - share)) // size)
    if an_epoch * recipe.epochs < FEWEST:
        raise UnaskableError(f"{an_epoch * recipe.epochs} updates are too few for their order to matter")
    return trainer, max(1, min(recipe.epochs, updates // an_epoch))


@dataclass
class _Course:
    """The trainings in each order: the scores on training and on held-out rows, by arm and seed."""

    recipe: Recipe
    trainer: Trainer
    scorer: Scorer
    epochs: int
    arms: tuple[str, ...]
    taught: dict[str, list[float]] = field(default_factory=dict)
    judged: dict[str, list[float]] = field(default_factory=dict)
    kind: str = "right"

    @property
    def trained(self) -> int:
        """How many rows train."""
        share = self.recipe.validation_split if self.recipe.held_out is None else 0.0
        return int(self.trainer.count * (1.0 - share))

    @property
    def batch(self) -> int:
        """Rows in a batch."""
        return min(self.recipe.batch_size, self.trained)

    @property
    def updates(self) -> int:
        """Updates of each training."""
        return self.epochs * -(-self.trained // self.batch)

    def run(self, seed: int) -> None:
        """All arms with one seed: seed 0 starts from the user's weights, the others from new ones."""
        if seed:
            self.trainer.begin_with(Trainer(self.trainer.recipe, seed=seed, weights="fresh"))
        for arm in self.arms:
            self._train(arm, seed)

    def _train(self, arm: str, seed: int) -> None:
        order = np.arange(self.trainer.count)
        draw = np.random.default_rng(seed)
        if arm == "split":
            order = draw.permutation(order)
        train = order[: self.trained]
        if arm == "permuted":
            train = draw.permutation(train)
        shuffles = self.recipe.shuffle or arm in ("shuffled", "split")
        batches = stream(len(train), self.batch, self.updates, seed if shuffles else None)
        self.trainer.restart()
        losses = self.trainer.train([train[batch] for batch in batches])
        inside = np.isin(self.scorer.rows, train)
        masks = [inside, ~inside] if (~inside).sum() >= FEWEST_JUDGED else [inside]
        scores = self.scorer.parts(*masks)
        self.kind = scores[0].kind
        whole = bool(np.isfinite(losses).all())
        values = [max(each.value, 0.0) if whole and np.isfinite(each.value) else 0.0 for each in scores]
        self.taught.setdefault(arm, []).append(values[0])
        if len(values) > 1:
            self.judged.setdefault(arm, []).append(values[1])


def _verdict(recipe: Recipe, course: _Course) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, Gain]]:
    """What it speaks for and against, and the gains it is drawn from."""
    supports: list[str] = []
    refutes: list[str] = []
    gains: dict[str, Gain] = {}
    own = course.taught["own"]
    if "shuffled" in course.taught:
        gains["shuffled"] = Gain.of(own, course.taught["shuffled"])
        gains["permuted"] = Gain.of(own, course.taught["permuted"])
        least = least_gain(float(np.mean(own)))
        if gains["shuffled"].is_at_least(least):
            supports.append("one-class-batches")
        elif gains["shuffled"].is_below(least):
            refutes.append("one-class-batches")
    elif recipe.shuffle:
        refutes.append("one-class-batches")
    # The order of batches is told apart from the split: both sides are shuffled within.
    base = "shuffled" if "shuffled" in course.judged else "own"
    if "split" in course.judged and base in course.judged and course.kind == "right":
        gaps = {arm: _gaps(course, arm) for arm in (base, "split")}
        gains["split"] = Gain.of(gaps["split"], gaps[base])
        if gains["split"].is_at_least(APART):
            supports.append("one-sided-validation-split")
        elif gains["split"].is_below(APART):
            refutes.append("one-sided-validation-split")
    return tuple(supports), tuple(refutes), gains


def _gaps(course: _Course, arm: str) -> list[float]:
    """How far apart training and held-out rows score, by seed."""
    return [abs(one - two) for one, two in zip(course.taught[arm], course.judged[arm], strict=True)]


def _answer(recipe: Recipe, course: _Course) -> Answer:
    supports, refutes, gains = _verdict(recipe, course)
    return Answer(
        says=_says(recipe, course, gains, supports, refutes),
        shows={
            "kind": course.kind,
            "updates": course.updates,
            "rows": course.trained,
            "training_scores": course.taught,
            "held_out_scores": course.judged,
            "gains": {name: gain.mean for name, gain in gains.items()},
            "noise": {name: gain.noise for name, gain in gains.items()},
        },
        supports=supports,
        refutes=refutes,
    )


def _says(
    recipe: Recipe,
    course: _Course,
    gains: dict[str, Gain],
    supports: tuple[str, ...],
    refutes: tuple[str, ...],
) -> str:
    mean = {arm: float(np.mean(scores)) for arm, scores in course.taught.items()}
    what = "an R2" if course.kind == "r2" else "a share of right answers"
    says = f"After {course.updates} updates on {course.trained:,} rows"
    if "shuffled" in gains:
        gain = gains["shuffled"]
        says += (
            f" in their own order the model has {what} of {mean['own']:.3f}; shuffled before each epoch, "
            f"{mean['shuffled']:.3f} (difference {gain.mean:+.3f} ± {gain.noise:.3f}), and in one random "
            f"order, {mean['permuted']:.3f}."
        )
        if "one-class-batches" in supports:
            says += " The order of the rows holds it down."
        elif "one-class-batches" in refutes:
            says += " The order of the rows is not to blame."
    else:
        says += f", which fit shuffles before each epoch, the model has {what} of {mean['own']:.3f}."
    if "split" not in gains:
        return says
    base = "shuffled" if "shuffled" in course.judged else "own"
    held = {arm: float(np.mean(course.judged[arm])) for arm in (base, "split")}
    says += (
        f" On the last {recipe.validation_split:.0%} of the rows, which are held out, it is {held[base]:.3f} "
        f"(training rows: {mean[base]:.3f}); on as many rows held out at random, {held['split']:.3f} "
        f"({mean['split']:.3f})."
    )
    if "one-sided-validation-split" in supports:
        says += " The last rows are of another kind than the others."
    elif "one-sided-validation-split" in refutes:
        says += " The last rows are no other than the rest."
    return says
