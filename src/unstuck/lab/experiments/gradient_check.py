"""The experiment gradient-check."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from unstuck.evidence.facts import GradientCheck, Place
from unstuck.evidence.layers import is_keras
from unstuck.evidence.model import has_own
from unstuck.evidence.passes import short
from unstuck.evidence.probe import Clock
from unstuck.lab.build import Start
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same_slopes import FAR, LARGEST, Slope, slope_of, verdict
from unstuck.lab.experiments._same_step import StepCheck, check_step
from unstuck.lab.experiments._same_taps import ROWS, Directions, Movable
from unstuck.lab.recipe import Recipe
from unstuck.lab.record import NoRecipeError

#: Directions of each weight array: a wrong gradient is wrong along all of them.
DIRECTIONS = 3

#: Numbers in all weights beyond which one direction each must do, and beyond which it takes too long.
MANY, MOST = 1_000_000, 20_000_000

#: The share of the time that the weights may take; finding the layer takes the rest.
_SHARE = 0.6

_CAUSE = "gradient-check-fails"


@experiment("gradient-check", decides=(_CAUSE,), trains=False)
def gradient_check(recipe: Recipe, clock: Clock) -> Answer:
    """Gradients by autodiff beside central finite differences.

    Asks: do custom layers, the loss and the `train_step` give the gradient that belongs to them?
    How: on 16 rows each weight array is moved along three random directions, a step forth and a step
    back, and the difference of the loss over the step is compared with the slope by autodiff. The
    step is that of several at which half of it gives the same. Where weights disagree, what each
    layer puts out is moved likewise: the layer after which slopes are right, and before which they
    are wrong, is the one. A `train_step` of the model's own makes one step of plain SGD.
    Means: a difference beyond rounding, curvature and kinks is a wrong gradient, and the layer is
    named. Frozen weights are not looked at; a kink (ReLU) that was met is not judged.
    """
    if recipe.y is None:
        raise UnaskableError("the rows have no targets, so there is no loss")
    if "float16" in recipe.policy:
        raise UnaskableError(f"the model computes in {recipe.policy}, too coarse for differences of its loss")
    start: Start = "trained" if recipe.trained is not None else "initial"
    size = sum(each.size for each in recipe.trained or recipe.initial or ())
    if size > MOST:
        raise UnaskableError(f"{size:,} weights take too long to move one array after the other")
    outcome = _checked(recipe, start, clock, 1 if size > MANY else DIRECTIONS)
    step = _step(recipe, clock, outcome)
    record = _record(recipe, outcome, step)
    unclear = outcome.unfinished or any(each.unclear for each in outcome.weights)
    return Answer(
        says=_says(record, outcome, step),
        shows=_shows(record, outcome, step),
        supports=(_CAUSE,) if record.wrong else (),
        refutes=(_CAUSE,) if not record.wrong and record.checked and not unclear else (),
        record=record,
    )


@dataclass(frozen=True)
class _Weights:
    """One weight array: its path, its layer, its slopes, the judgement of them."""

    index: int
    path: str
    layer: str
    slopes: list[Slope]

    @property
    def bad(self) -> Slope | None:
        """The worst slope, None where nothing is wrong."""
        return verdict(self.slopes)

    @property
    def seen(self) -> bool:
        """Whether the slopes could be judged, and all alike."""
        return not self.unclear and any(each.judged or each.flat for each in self.slopes)

    @property
    def unclear(self) -> bool:
        """Whether some slopes are right and some wrong: kinks closer by than the step."""
        return self.bad is None and any(each.wrong for each in self.slopes)


@dataclass(frozen=True)
class _Culprit:
    """What is at fault, as far as it can be told."""

    kind: str
    layer: str
    custom: bool = True


@dataclass(frozen=True)
class _Outcome:
    """What became of all weight arrays; `own_step` says that the model trains by a step of its own."""

    weights: list[_Weights]
    culprits: list[_Culprit]
    rows: int
    precision: str
    unfinished: bool
    own_step: bool


def _checked(recipe: Recipe, start: Start, clock: Clock, directions: int) -> _Outcome:
    """Check all weights, and look for the layer at fault."""
    try:
        subject = Movable(recipe, start)
        with subject.held():
            return _all(subject, clock, directions)
    except (UnaskableError, NoRecipeError) as error:
        raise UnaskableError(str(error)) from None
    except Exception as error:  # a user's layer or loss
        raise UnaskableError(f"the model could not be run on these rows ({short(error)})") from None


def _all(subject: Movable, clock: Clock, directions: int) -> _Outcome:
    """Every trainable weight array, and where some are wrong, the layer at fault."""
    budget = _SHARE * clock.left
    until = clock.spent + budget
    draw = np.random.default_rng(0)
    variables = list(subject.model.trainable_variables)
    if not variables:
        raise UnaskableError("the model has no trainable weights")
    numpy = subject.probe.backend.to_numpy
    moves = {
        index: _directions(draw, directions, np.asarray(numpy(tensor), np.float64)).astype(subject.precision)
        for index, tensor in enumerate(subject.state[0])
    }
    lines = subject.along(moves, {})
    if lines.loss(0, 0.0) != lines.loss(0, 0.0):
        raise UnaskableError(
            "the loss is another each time for the same weights, so it has no slope to check"
        )
    found = []
    slopes = _slopes(lines, clock, until)
    for index, variable in enumerate(variables):
        taken = [slope for _, slope in zip(range(directions), slopes, strict=False)]
        if len(taken) < directions:
            break
        owner, _ = subject.owner(index)
        found.append(_Weights(index, variable.path, owner.name, taken))
    if not found:
        raise UnaskableError("the time was up before a gradient could be checked")
    bad = [each for each in found if each.bad is not None]
    return _Outcome(
        weights=found,
        culprits=_culprits(subject, found, clock) if bad else [],
        rows=subject.rows,
        precision=subject.precision,
        unfinished=len(found) < len(variables),
        own_step=has_own(subject.model, "train_step"),
    )


def _directions(draw: np.random.Generator, count: int, array: np.ndarray) -> np.ndarray:
    """Random directions, as large as what they move: (count, ...)."""
    size = float(np.sqrt(np.mean(array**2))) or 1.0
    return np.asarray(size * draw.normal(size=(count, *array.shape)))


def _slopes(lines: Directions, clock: Clock, until: float) -> Iterator[Slope]:
    """The slope along each direction in turn, until the time is up."""
    analytic = lines.slopes()
    for at in range(len(lines.place)):
        if clock.spent > until:
            return
        slope = slope_of(lambda far, at=at: lines.loss(at, far), float(analytic[at]))  # type: ignore[misc]
        if slope.flat and any(lines.slopes(at, far)[at] != 0 for far in (LARGEST, -LARGEST, FAR, -FAR)):
            # Not flat everywhere: a unit that is silent here and speaks further off.
            slope = Slope(slope.analytic, slope.numeric, slope.bound, judged=False)
        yield slope


def _culprits(subject: Movable, weights: list[_Weights], clock: Clock) -> list[_Culprit]:
    """The layers at fault, the last one first."""
    draw = np.random.default_rng(1)
    shapes = {number: call.shape for number, call in enumerate(subject.calls) if call.shape}
    taps = {
        number: draw.normal(size=(2, *shape)).astype(subject.precision) for number, shape in shapes.items()
    }
    wrong: dict[int, bool] = {}
    if taps:
        lines = subject.along({}, taps)
        slopes = _slopes(lines, clock, clock.spent + clock.left)
        for number in taps:
            taken = [slope for _, slope in zip(range(2), slopes, strict=False)]
            if len(taken) == 2:
                wrong[number] = verdict(taken) is not None
    found: dict[tuple[int, str, str], _Culprit] = {}
    for number in sorted((each for each, bad in wrong.items() if bad), reverse=True):
        at, culprit = _after(subject, number, wrong)
        if culprit is not None:
            found[at, culprit.kind, culprit.layer] = culprit
    for each in weights:
        owner, call = subject.owner(each.index)
        if each.bad is not None and call is not None and not wrong.get(call, False):
            found[call, "layer", owner.name] = _of_layer(owner)
    if not found:
        bad = next(each for each in weights if each.bad is not None)
        return [_Culprit("model", bad.layer)]
    return [found[key] for key in sorted(found, key=lambda key: -key[0])]


def _after(subject: Movable, number: int, wrong: dict[int, bool]) -> tuple[int, _Culprit | None]:
    """What stands after a call whose output has a wrong slope, where what it puts out has a right one."""
    call = subject.calls[number]
    readers = [each for each in call.consumers if each not in (number,)]
    if readers:
        if any(wrong.get(each, False) for each in readers):
            return number, None
        return readers[0], _of_layer(subject.calls[readers[0]].layer)
    if call.ends:
        return len(subject.calls), _Culprit("loss", _loss_name(subject))
    later = [each for each in range(number + 1, len(subject.calls)) if each in wrong]
    if later and wrong[later[0]]:
        return number, None
    place = f"after {call.layer.name}"
    return number + 1, _Culprit("model", f"{subject.model.name}, {place}")


def _of_layer(layer: Any) -> _Culprit:
    return _Culprit("layer", str(layer.name), not is_keras(type(layer)))


def _loss_name(subject: Movable) -> str:
    loss = getattr(subject.model, "loss", None)
    return str(getattr(loss, "__name__", None) or getattr(loss, "name", None) or loss or "the loss")


def _step(recipe: Recipe, clock: Clock, outcome: _Outcome) -> StepCheck | None:
    """The model's own `train_step`, where it has one."""
    if not outcome.own_step or not clock.left:
        return None
    try:
        return check_step(recipe, clock, ROWS)
    except Exception as error:  # a step that cannot be made outside fit
        return StepCheck({}, None, f"it could not be made alone ({short(error)})")


def _record(recipe: Recipe, outcome: _Outcome, step: StepCheck | None) -> GradientCheck:
    """The worst of it as evidence."""
    bad = [(each, slope) for each in outcome.weights if (slope := each.bad) is not None]
    seen = sum(each.seen for each in outcome.weights)
    common: dict[str, Any] = {
        "checked": seen,
        "unseen": len(outcome.weights) - seen,
        "rows": outcome.rows,
        "precision": outcome.precision,
    }
    if bad:
        culprit = outcome.culprits[0]
        own = [pair for pair in bad if pair[0].layer == culprit.layer] or bad
        each, slope = max(own, key=lambda pair: pair[1].error)
        return GradientCheck(
            kind=culprit.kind,
            layer=culprit.layer,
            variable=each.path,
            **_figures(slope),
            wrong=len(bad),
            place=_place(recipe, culprit.layer),
            **common,
        )
    if step is not None and step.wrong:
        path, slopes = max(step.wrong.items(), key=lambda pair: pair[1][0].error)
        worst = max(slopes, key=lambda slope: slope.error)
        return GradientCheck(
            kind="train_step",
            layer=recipe.name,
            variable=path,
            **_figures(worst),
            wrong=len(step.wrong),
            **common,
        )
    judged = [(each, slope) for each in outcome.weights if each.seen for slope in each.slopes if slope.judged]
    if not judged:
        return GradientCheck(**common)
    each, slope = max(judged, key=lambda pair: pair[1].error)
    return GradientCheck(variable=each.path, **_figures(slope), **common)


def _figures(slope: Slope) -> dict[str, Any]:
    return {
        "analytic": slope.analytic,
        "numeric": slope.numeric,
        "bound": slope.bound if math.isfinite(slope.bound) else 0.0,
        "flat": slope.flat,
    }


def _place(recipe: Recipe, name: str) -> Place | None:
    return next((each.place for each in recipe.layers if each.name == name), None)


def _shows(record: GradientCheck, outcome: _Outcome, step: StepCheck | None) -> dict[str, Any]:
    """The figures, with the worst relative error of each layer."""
    worst: dict[str, float] = {}
    for each in outcome.weights:
        for slope in each.slopes:
            if slope.judged or slope.flat:
                error = 1.0 if slope.flat else slope.error
                worst[each.layer] = max(worst.get(each.layer, 0.0), error)
    shown = {key: value for key, value in asdict(record).items() if key != "place"}
    shown["worst_by_layer"] = worst
    shown["culprits"] = [each.layer for each in outcome.culprits]
    if step is not None:
        shown["train_step"] = {
            "wrong": sorted(step.wrong),
            "checked": len(step.slopes),
            "scale": step.scale,
            "reason": step.reason,
        }
    return shown


def _says(record: GradientCheck, outcome: _Outcome, step: StepCheck | None) -> str:
    """The figures in a few sentences."""
    what = {
        "layer": f"layer {record.layer}",
        "loss": f"loss {record.layer}",
        "train_step": "train_step of the model",
        "model": f"code of the model itself ({record.layer})",
    }
    beside = f"autodiff gives {record.analytic:.4g}, the difference of the loss {record.numeric:.4g}"
    if record.flat:
        says = (
            f"The {what[record.kind]} sends no gradient back: along random directions of {record.variable} "
            "the loss moves in jumps, and its gradient is exactly 0 everywhere."
        )
    elif record.wrong and record.analytic == 0.0:
        says = (
            f"The {what[record.kind]} sends no gradient back: along a random direction of {record.variable} "
            f"{beside} a unit (they may differ by {record.bound:.2g})."
        )
    elif record.wrong:
        says = (
            f"The {what[record.kind]} gives a wrong gradient: along a random direction of {record.variable} "
            f"{beside} (they may differ by {record.bound:.2g})."
        )
    elif record.checked:
        says = (
            f"The gradients of {record.checked} weight arrays agree with differences of the loss on "
            f"{record.rows} rows; furthest off is {record.variable}, where {beside} (bound "
            f"{record.bound:.2g})."
        )
    else:
        says = "No gradient could be judged: the loss is too flat to see, or has a kink everywhere."
    if record.unseen:
        says += f" {record.unseen} more could not be judged (too flat, or at a kink)."
    if outcome.unfinished:
        says += " The time was up before all weights were checked."
    if step is not None and step.reason:
        says += f" Its train_step was not compared: {step.reason}."
    elif step is not None and step.scale is not None:
        says += f" Its train_step moves the weights by {step.scale:.3g} times the gradient."
    elif step is not None and not step.wrong:
        says += f" Its train_step moves {len(step.slopes)} weight arrays as the loss it reports asks."
    return says
