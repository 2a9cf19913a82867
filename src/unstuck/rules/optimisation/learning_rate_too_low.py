"""Cause: the steps are so short that the weights stay where they began."""

from __future__ import annotations

import math

from unstuck.evidence.facts import (
    Baselines,
    Curve,
    Dynamics,
    Fit,
    Loss,
    Optimizer,
    Predictions,
    Step,
    Variable,
)
from unstuck.evidence.kinds import GRADIENT_SIZED, default_rate
from unstuck.judgement.findings import Certainty, Finding, Impact, propose
from unstuck.rules.bounds import FEW_UPDATES
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.progress import chance_loss, learned_by_loss
from unstuck.rules.rule import cause

#: Weights that keep to a tenth of their typical size around their random start are still random.
SMALL_MOVE = 0.1

#: A tenth of the default is low; a hundredth is low even where the weights were not looked at.
LOW, VERY_LOW = 0.1, 0.01

#: Arrays that Keras's layers start at zero. Their own size is no yardstick: where a model is built in
#: its first step, as on TensorFlow, they are first seen one step long, and every later way is far beside it.
STARTED_AT_ZERO = ("bias", "beta")

#: A gradient below this is no gradient in float32, so that no rate would help.
NO_GRADIENT = 1e-7


@cause(
    "learning-rate-too-low",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "decisions-do-not-change", "too-few-updates"),
    but=("accuracy-stays-low",),  # hard tasks end there in good health,
    blames=("learning_rate", "optimizer"),
)
def learning_rate_too_low(
    optimizer: Optimizer,
    curve: Curve,
    fit: Fit,
    dynamics: Dynamics | None,
    loss: Loss | None,
    baselines: Baselines | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The learning rate is so low that the weights hardly left their random start.

    Why it looks stuck: Adam and its kin move a weight by about the learning rate in one step, so
    rate times steps bounds the way it can go; plain SGD goes rate times gradient. Where that is a
    small part of the weights' own size, the model at the end is the random one of the beginning.
    How it is proved: the same training with ten and a hundred times the rate; the loss falls faster.

    What decides: Print the optimizer's learning rate, and train one epoch with ten times it; a faster fall
    says yes.
    """
    rate, usual = optimizer.learning_rate, default_rate(optimizer.name)
    place = optimizer.place or optimizer.compile_place
    if rate == 0.0:
        if not all(math.isfinite(value) for value in curve.loss):
            return None  # 0 times a gradient of NaN is NaN: the weights are lost, and do not stay
        # A warm-up starts at 0 as well: only weights that stayed, or a last rate of 0, prove it.
        stayed = dynamics is not None and _relative_move(dynamics) == 0.0
        if optimizer.schedule is not None or not (stayed or optimizer.last_learning_rate == 0.0):
            return None
        return Finding(
            says=f"The learning rate is exactly 0: {fit.updates:,} updates moved nothing.",
            shows={"rate": rate, "default": usual, "updates": fit.updates},
            where=place,
            held=rate,
            certainty=Certainty.PROVED,
            remedies=(propose("set-learning-rate", place, value=usual),),
        )
    if learned_by_loss(curve, chance_loss(loss, baselines, fit), predictions) or rate > 10.0 * usual:
        return None
    moved = _relative_move(dynamics) if dynamics is not None else None
    low = rate <= LOW * usual
    if moved is None and rate > VERY_LOW * usual:
        return None
    if moved is not None and (moved == 0.0 or moved > SMALL_MOVE or _without_gradient(dynamics)):
        return None
    if not low and (optimizer.name not in GRADIENT_SIZED or fit.updates < FEW_UPDATES):
        # At a usual rate a short way means few steps, or (for plain SGD alone) small gradients.
        return None
    way = f" no weight moved further than {100 * moved:.2g}% of a typical weight's size" if moved else ""
    return Finding(
        says=f"The learning rate is {rate:g} (Keras's default: {usual:g}). In {fit.updates:,} updates"
        + (f"{way}." if way else f" a weight can move by about {rate * fit.updates:.2g}."),
        shows={"rate": rate, "default": usual, "updates": fit.updates, "moved": moved, "bound": SMALL_MOVE},
        where=place,
        held=rate,
        certainty=Certainty.MEASURED if moved and low else Certainty.SUSPECTED,
        remedies=(propose("set-learning-rate", place, value=usual if low else 10.0 * rate),),
    )


def _relative_move(dynamics: Dynamics) -> float | None:
    """The furthest any trained weight moved, over the typical size of its array; None if not seen."""
    moves = [
        each.moved / (each.initial_norm / math.sqrt(each.size))
        for each in dynamics.variables
        if each.trainable
        and each.in_optimizer
        and each.moved is not None
        and each.initial_norm > 0
        and each.size
        and each.path.rpartition("/")[2] not in STARTED_AT_ZERO
    ]
    return max(moves, default=None)


def _without_gradient(dynamics: Dynamics | None) -> bool:
    """Whether the last gradient seen was nothing, so that no learning rate would help."""
    norms = [step.gradient_norm for step in dynamics.steps] if dynamics is not None else []
    known = [norm for norm in norms if norm is not None]
    return bool(known) and known[-1] < NO_GRADIENT


def _moved(by: float, gradient: float = 0.5) -> Dynamics:
    weights = Variable(path="dense/kernel", size=100, initial_norm=1.0, weight_norm=1.0, moved=by)
    return Dynamics(variables=(weights,), steps=(Step(gradient_norms=(gradient,)),))


def _seen_after_its_first_step() -> Dynamics:
    """270 steps of 1e-6 on a bias that began at 0 and was first seen after one of them."""
    bias = Variable(path="dense/bias", size=32, initial_norm=1.6e-5, weight_norm=1.5e-3, moved=2.7e-4)
    return Dynamics(variables=(*_moved(2.7e-4).variables, bias), steps=_moved(2.7e-4).steps)


_HALVES = Baselines(majority=0.5, classes=2, constant_loss=0.6931)
_STILL, _LOW = Curve.of(loss=[0.701, 0.7008, 0.7006]), Optimizer(learning_rate=1e-6)
learning_rate_too_low.fires(_LOW, _STILL, Fit(updates=1000), _moved(0.001), _HALVES)
learning_rate_too_low.fires(_LOW, _STILL, Fit(updates=1000), _HALVES)
learning_rate_too_low.fires(_LOW, _STILL, Fit(updates=270), _seen_after_its_first_step(), _HALVES)
learning_rate_too_low.fires(Optimizer(learning_rate=0.0), _STILL, Fit(updates=1000), _moved(0.0))
learning_rate_too_low.quiet(
    Optimizer(learning_rate=0.0), Curve.of(loss=[math.nan]), Fit(updates=6), _moved(0.0)
)
learning_rate_too_low.quiet(Optimizer(learning_rate=0.0, last_learning_rate=0.001), _STILL, Fit(updates=1000))
learning_rate_too_low.fires(
    Optimizer(name="SGD", learning_rate=0.01), _STILL, Fit(updates=4000), _moved(0.005)
)
learning_rate_too_low.quiet(Optimizer(), _STILL, Fit(updates=1000), _moved(0.3), _HALVES)
learning_rate_too_low.quiet(Optimizer(), _STILL, Fit(updates=5), _moved(0.005), _HALVES)
learning_rate_too_low.quiet(_LOW, Curve.of(loss=[0.2, 0.19]), Fit(updates=1000), _moved(0.001), _HALVES)
learning_rate_too_low.quiet(_LOW, _STILL, Fit(updates=1000), _moved(1e-9, gradient=0.0), _HALVES)


#: How far below Keras's default a rate is looked at: fine-tuning uses a hundredth of it.
_TIMES = 500.0


@learning_rate_too_low.in_source("suspected")
def in_source(optimizer: Optimizer, fit: Fit | None) -> Finding | None:
    """A rate of 0, or one far below the optimizer's default."""
    usual, rate = default_rate(optimizer.name), optimizer.learning_rate
    if (
        optimizer.name in ("Adadelta", "Adagrad")
        or not rate * _TIMES <= usual
        or optimizer.schedule is not None
    ):
        return None
    if fit is not None and fit.callbacks:
        return None  # a callback may set the rate
    change = propose("set-learning-rate", at=optimizer.place or optimizer.compile_place, value=usual)
    if rate == 0.0:
        return Finding(
            says=f"{optimizer.name} gets a learning rate of 0: no step moves any weight, unless the rate is "
            "set somewhere else.",
            shows={"learning_rate": rate},
            where=optimizer.place or optimizer.compile_place,
            impact=Impact.BLOCKS,
            remedies=(change,),
        )
    return Finding(
        says=f"{optimizer.name} gets a learning rate of {rate:g}, Keras's default is {usual:g}: as far as "
        f"one step went with that, {usual / rate:,.0f} steps are needed now.",
        shows={"learning_rate": rate, "default": usual, "bound": usual / _TIMES},
        where=optimizer.place or optimizer.compile_place,
        remedies=(change,),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.SGD(1e-5), "mse")
model.fit(x, y)
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.0), "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.Adam(1e-5), "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.Adam(arguments.rate), "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.0), "mse")
model.fit(x, y, callbacks=[keras.callbacks.LearningRateScheduler(schedule)])
""")
