"""One arm of a trial: one short training from a recipe, judged as the user's own run was."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from unstuck.case.proofs import ChangeRecord
from unstuck.case.recording import proposal_of
from unstuck.evidence.gather import examine, gather
from unstuck.evidence.probe import Clock
from unstuck.lab.build import build, fit_arrays
from unstuck.lab.clocks import WorkClock
from unstuck.lab.configured import make_callbacks
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe
from unstuck.lab.resize import Size, resized
from unstuck.remedies.remedy import catalogue
from unstuck.rules.rule import judge
from unstuck.watch.hook import aside
from unstuck.watch.observation import Observation, look_at_rows
from unstuck.watch.taps import Tap
from unstuck.watch.vitals import make_vitals

#: No clock decides at which steps and rows a trial is looked at: pairs would be compared by the load of
#: the machine. The looks are few all the same (each power of two of the steps, each epoch) and so
#: are the rows (`evidence.sample`), and the training itself has its own end. Seconds, and a share.
UNHURRIED = 1e6

#: Updates after which it is foretold what the whole training takes.
_LOOKED_AT = (5, 9, 17, 33)

#: A training is too long where it would take its share so many times: a few updates tell no better.
TOO_LONG = 1.2


@dataclass(frozen=True, kw_only=True)
class ArmTask:
    """One arm to run: the changes of the recipe, the seed, the size, and how long it may take.

    It ends after `seconds` of work, counted from `begun` where that is given, and at `deadline` (both in
    seconds of the epoch) however late it began. Where its first steps show that the whole would take more
    than `share` seconds of work, it ends there. Seed 0 starts from the weights of the user's own run where
    they are known, every other seed from newly drawn ones.
    """

    changes: tuple[ChangeRecord, ...] = ()
    seed: int = 0
    size: Size = field(default_factory=Size)
    seconds: float = 60.0
    deadline: float = math.inf
    begun: float | None = None
    share: float = math.inf


@dataclass(frozen=True, kw_only=True)
class Arm:
    """What became of one training.

    `symptoms` are (rule, output), `causes` the rules that found one. `scores` are figures by
    output: "right" (share of right decisions, or R2; "classes" is 1 or 0 for which), "balanced" (mean
    recall), "loss", their "val_" twins on the held-out rows, and "reported", "val_reported" as Keras
    logged them last. `losses` is the training loss by epoch, `accuracies` the reported accuracy of the
    first output that has one. `seconds` are of work. `cut` is true where the time ended it. `projected`
    are the seconds that it would have taken where its first steps showed that this is more than its
    share, of which `fixed` do not depend on the number of updates; 0.0 otherwise.
    """

    seed: int
    symptoms: tuple[tuple[str, str], ...] = ()
    causes: tuple[str, ...] = ()
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    losses: tuple[float, ...] = ()
    accuracies: tuple[float, ...] = ()
    rows: int = 0
    epochs: int = 0
    updates: int = 0
    seconds: float = 0.0
    cut: bool = False
    projected: float = 0.0
    fixed: float = 0.0
    raised: str | None = None


def run_arm(recipe: Recipe, task: ArmTask) -> Arm:
    """Train once and judge it.

    Raises:
        UntreatableError: a change cannot be made to the recipe.
        NoRecipeError: the model cannot be built again.
    """
    clock = WorkClock(task.seconds, task.deadline, task.begun)
    before = clock.spent
    chosen = treated(resized(recipe, task.size), task.changes)
    with quiet():
        model = build(chosen, task.seed, "initial" if task.seed == 0 else "fresh")
        stop = stopper(clock, task.share, before)
        seen = _fitted(model, chosen, task, stop)
        return arm_of(seen, task.seed, chosen.training_rows, clock, stop, before)


def arm_of(seen: Observation, seed: int, rows: int, clock: Clock, stop: Any, before: float = 0.0) -> Arm:
    """An ended fit as an arm, judged by the rules.

    Args:
        seen: the fit.
        seed: its seed.
        rows: those that it trained on.
        clock: counts its seconds of work.
        stop: the callback of `stopper` that was with it.
        before: what the clock had counted when the arm began.
    """
    if stop.projected:
        return Arm(
            seed=seed, seconds=clock.spent - before, cut=True, projected=stop.projected, fixed=stop.fixed
        )
    evidence = gather(seen)
    if seen.raised is None:
        evidence = examine(seen, evidence, gradients=False, seconds=UNHURRIED)
    judgement = judge(evidence)
    curves = [output.curve.loss for output in evidence.outputs if output.curve]
    return Arm(
        seed=seed,
        symptoms=tuple((each.rule, each.output) for each in judgement.symptoms),
        causes=tuple(each.rule for each in judgement.causes),
        scores={output.name: scores_of(output) for output in evidence.outputs},
        losses=curves[0] if curves else (),
        accuracies=next(filter(None, map(_accuracies, evidence.outputs)), ()),
        rows=rows,
        epochs=seen.vitals.epochs_done if seen.vitals else 0,
        updates=seen.vitals.updates if seen.vitals else 0,
        seconds=clock.spent - before,
        cut=stop.cut,
        raised=seen.raised,
    )


def _accuracies(output: Any) -> tuple[float, ...]:
    """The reported accuracy of one output by epoch, empty where none is reported."""
    metric = output.metrics.accuracy if output.metrics is not None else None
    return tuple(output.curve.get(metric.name)) if output.curve is not None and metric is not None else ()


def treated(recipe: Recipe, changes: tuple[ChangeRecord, ...]) -> Recipe:
    """The recipe with the changes made, one after the other."""
    for change in changes:
        step = proposal_of(change)
        recipe = catalogue()[step.remedy].treat(recipe, step.at, step.values)
    return recipe


def _fitted(model: Any, recipe: Recipe, task: ArmTask, stop: Any) -> Observation:
    """Fit under observation, ended when the time is up."""
    import keras

    vitals = make_vitals(budget=UNHURRIED)
    x, y = fit_arrays(recipe.x), fit_arrays(recipe.y)
    arguments: dict[str, Any] = {
        "x": x,
        "y": y,
        "sample_weight": recipe.sample_weight,
        "batch_size": recipe.batch_size,
        "epochs": recipe.epochs,
        "shuffle": recipe.shuffle,
        "class_weight": dict(recipe.class_weight) if recipe.class_weight else None,
        "validation_split": recipe.validation_split if recipe.held_out is None else 0.0,
        "validation_data": fit_arrays(recipe.held_out),
    }
    own = make_callbacks(recipe)
    seen = Observation(model=model, arguments={**arguments, "callbacks": own})
    # Nothing comes after a loss that is no number: such an arm ends at once.
    callbacks = [*own, keras.callbacks.TerminateOnNaN(), vitals, stop]
    keras.utils.set_random_seed(task.seed)  # the same order of rows in both arms, however they are built
    begun = time.monotonic()
    try:
        with aside():
            model.fit(**arguments, callbacks=callbacks, verbose=0)
    except Exception as error:  # a symptom like any other
        seen.raised = f"{type(error).__name__}: {error}"
    seen.seconds = time.monotonic() - begun
    seen.vitals = vitals.result()
    seen.training, seen.validation = look_at_rows(arguments, Tap(), Tap(), None)
    return seen


def stopper(clock: Clock, share: float = math.inf, before: float = 0.0) -> Any:
    """A callback that ends the training when the clock has nothing left, or when it will take too long.

    `cut` is true when it has ended it, `projected` and `fixed` are as of `Arm`.

    Args:
        clock: counts seconds of work.
        share: seconds of work that the training may take.
        before: what the clock had counted when the training's arm began.
    """
    import keras

    class Stop(keras.callbacks.Callback):  # type: ignore[misc]
        cut = False
        projected = fixed = 0.0
        async_safe = True
        _begun = 0  # updates

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
            spent, done = clock.spent - before, self._begun
            self._begun += 1
            if done == 1:  # whatever is compiled has been
                self.fixed = spent
            if done in _LOOKED_AT and not self.cut:
                whole = (self.params.get("steps") or 0) * (self.params.get("epochs") or 0)
                each = (spent - self.fixed) / (done - 1)
                if spent + each * (whole - done) > TOO_LONG * share:
                    self.projected = spent + each * (whole - done)
                    self._end()
            if not clock.left and not self.cut:
                self._end()

        def _end(self) -> None:
            self.cut = True
            self._model.stop_training = True

    return Stop()


def scores_of(output: Any) -> dict[str, float]:
    """The figures of one output that arms are compared by."""
    found: dict[str, float | None] = {}
    for prefix, record in (("", output.predictions), ("val_", output.validation_predictions)):
        if record is not None:
            found[f"{prefix}right"] = record.accuracy if record.accuracy is not None else record.r2
            found[f"{prefix}classes"] = float(record.accuracy is not None)
            found[f"{prefix}balanced"] = record.balanced_accuracy
            found[f"{prefix}loss"] = record.loss
    curve, accuracy = output.curve, output.metrics.accuracy if output.metrics is not None else None
    if curve is not None and accuracy is not None:
        for prefix in ("", "val_"):
            logged = curve.get(prefix + accuracy.name)
            found[f"{prefix}reported"] = logged[-1] if logged else None
    return {name: value for name, value in found.items() if value is not None}


def accuracy_curves(pairs: Sequence[tuple[Arm, Arm]]) -> dict[str, list[list[float | None]]]:
    """The reported accuracy by epoch of either arm; none where an arm reports none."""
    curves: dict[str, list[list[float | None]]] = {
        "control": [list(arm.accuracies) for arm, _ in pairs],
        "treated": [list(arm.accuracies) for _, arm in pairs],
    }
    return {name: each for name, each in curves.items() if all(each)}
