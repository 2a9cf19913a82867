"""Cause: the gradient grows by orders of magnitude."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Curve, Dynamics, Fit, Layer, Model, Optimizer, Place, Step, Variable
from unstuck.evidence.kinds import default_rate
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.families import DIVERGES, NOTHING_LEARNED
from unstuck.rules.optimisation._recurrence import Growth, growth_of
from unstuck.rules.optimisation._schedules import warm_up
from unstuck.rules.rule import cause

#: Three orders of magnitude: batches differ by a factor of a few, a training that settles by tens.
GROWTH = 1e3

#: An explosion shows in the loss: it ends at twice its start or more. A gradient that merely leaves a
#: flat place can grow by as much, without harm.
LOSS_RISE = 2.0

#: A step as long as all the weights together leaves nothing of them.
LEAP = 1.0

#: Before NaN, one order of magnitude was seen to tell growth from NaN that came with the data.
GROWTH_BEFORE_NAN = 10.0


@cause(
    "exploding-gradient",
    certainty="measured",
    impact="blocks",
    explains=(NOTHING_LEARNED, DIVERGES, "nan-loss", "saturated-divergence", "dead-relu"),
    blames=("learning_rate", "optimizer"),
)
def exploding_gradient(
    dynamics: Dynamics,
    curve: Curve | None,
    optimizer: Optimizer | None,
    fit: Fit | None,
    model: Model | None,
) -> Finding | None:
    """The gradient grows by orders of magnitude from step to step.

    Why it looks stuck: a long step lands where the loss is steeper, so that the next one is longer
    still. Within a few steps the weights are huge or NaN, and all that was learned is gone.
    How it is proved: the same seed with the gradient clipped to norm 1; the norms stay finite and
    the loss falls. Where a recurrent layer starts with weights that make its state longer in every
    time step, clipping leaves the outputs as large as they are: there it begins from orthogonal ones.

    What decides: Train once more with clipnorm=1.0; a loss that stays finite says yes.
    """
    leap, grows = _leap(dynamics, curve), growth_of(model, dynamics)
    if leap is not None:
        return _of_leap(leap, optimizer, fit, grows)
    norms = [(step.number, norm) for step in dynamics.steps if (norm := step.gradient_norm) is not None]
    before = []
    for _, norm in norms:
        if not math.isfinite(norm):
            break
        before.append(norm)
    if len(before) < 2 or min(before) <= 0:
        return None
    lowest = min(before)
    highest = max(before[before.index(lowest) :])
    growth, lost = highest / lowest, len(before) < len(norms)
    if growth < (GROWTH_BEFORE_NAN if lost else GROWTH):
        return None
    if not lost and (before[-1] < GROWTH * lowest or not _loss_rose(dynamics, curve)):
        # It came down again, or the loss fell on its way: a start from a flat place.
        return None
    end = f", and is not finite at step {norms[len(before)][0]:,}" if lost else ""
    first, last_finite = norms[0][0], norms[len(before) - 1][0]
    return Finding(
        says=f"The norm of the gradient grows from {lowest:.3g} to {highest:.3g} between steps {first:,} "
        f"and {last_finite:,}{end}: each step leads to a steeper place." + (grows.says if grows else ""),
        shows={"lowest": lowest, "highest": highest, "growth": growth, "bound": GROWTH},
        where=grows.place if grows else _place(optimizer),
        certainty=Certainty.MEASURED if growth >= GROWTH else Certainty.SUSPECTED,
        remedies=_remedies(optimizer, fit, grows),
    )


def _place(optimizer: Optimizer | None) -> Place | None:
    return (optimizer.place or optimizer.compile_place) if optimizer is not None else None


def _remedies(optimizer: Optimizer | None, fit: Fit | None, grows: Growth | None) -> tuple[Proposal, ...]:
    """Weights that start too large first, else clip: it keeps the rate that most steps were fine with."""
    usual = default_rate(optimizer.name) if optimizer is not None else default_rate("Adam")
    rate = optimizer.learning_rate / 10.0 if optimizer is not None else usual
    return (
        *(grows.remedies if grows else ()),
        propose("clip-gradients", _place(optimizer), clipnorm=1.0),
        propose("set-learning-rate", _place(optimizer), value=min(rate, usual)),
        *warm_up(optimizer, min(rate, usual), fit),
    )


def _of_leap(leap: Step, optimizer: Optimizer | None, fit: Fit | None, grows: Growth | None) -> Finding:
    return Finding(
        says=f"At step {leap.number:,} the update was {leap.update_ratio:.3g} times as long as the "
        "weights themselves, and the loss is no finite number soon after: the gradient exploded."
        + (grows.says if grows else ""),
        shows={
            "step": leap.number,
            "update_ratio": leap.update_ratio,
            "bound": LEAP,
            "gradient_norm": leap.gradient_norm,
        },
        where=grows.place if grows else _place(optimizer),
        remedies=_remedies(optimizer, fit, grows),
    )


def _leap(dynamics: Dynamics, curve: Curve | None) -> Step | None:
    """The step that was longer than all weights, where the loss was lost afterwards; None without one."""
    if curve is None or not curve.loss or all(map(math.isfinite, curve.loss)):
        return None
    return next((step for step in dynamics.steps if math.inf > step.update_ratio >= LEAP), None)


def _loss_rose(dynamics: Dynamics, curve: Curve | None) -> bool:
    """Whether the loss ended far above its start, or at no number at all."""
    losses = [step.loss for step in dynamics.steps if step.loss is not None]
    if len(losses) < 2 and curve is not None:
        losses = list(curve.loss)
    return len(losses) > 1 and not losses[-1] <= LOSS_RISE * losses[0]


def _norms(*pairs: tuple[float, float]) -> Dynamics:
    steps = (Step(number=2**k, gradient_norms=(g,), loss=c) for k, (g, c) in enumerate(pairs))
    return Dynamics(trained=("dense/kernel",), steps=tuple(steps))


exploding_gradient.fires(_norms((1.0, 0.7), (40.0, 3.0), (5e3, 60.0), (2e6, 9e3)))
exploding_gradient.fires(_norms((1.0, 0.7), (40.0, 3.0), (math.nan, math.nan)))
exploding_gradient.fires(
    Dynamics(steps=(Step(number=1, update_norms=(9e6,), weight_norms=(40.0,)),)),
    Curve.of(loss=[math.nan, math.nan]),
)
# Recurrent weights of deviation 0.5: 0.5 * 32 / sqrt(32) / sqrt(2) = 2 times as long a step, 2**20 in 20.
_GROWING = Model(layers=(Layer(name="rnn", kind="SimpleRNN", activation="relu", input_shape=(20, 1)),))
_RECURRENT = Variable(path="model/rnn/cell/recurrent_kernel", layer="rnn", size=1024, initial_norm=16.0)
exploding_gradient.fires(
    Dynamics(variables=(_RECURRENT,), steps=(Step(number=1, update_norms=(9e6,), weight_norms=(40.0,)),)),
    Curve.of(loss=[math.nan, math.nan]),
    _GROWING,
)
exploding_gradient.quiet(_norms((1.0, 0.7), (2.0, 0.6), (0.5, 0.5), (3.0, 0.4)))
exploding_gradient.quiet(_norms((1e-4, 0.7), (0.2, 0.6), (0.5, 0.5)))
exploding_gradient.quiet(_norms((5e-5, 0.6931), (1e-3, 0.6931), (0.06, 0.6940)))  # it leaves a flat place
exploding_gradient.quiet(_norms((math.nan, math.nan), (math.nan, math.nan)))
