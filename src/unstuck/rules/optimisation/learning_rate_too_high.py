"""Cause: the steps are so long that they undo what was learned."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Baselines, Curve, Dynamics, Fit, Loss, Model, Optimizer, Predictions, Step
from unstuck.evidence.kinds import GRADIENT_SIZED, default_rate
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import UPDATE_RATIO_HIGH
from unstuck.rules.families import DIVERGES, NOTHING_LEARNED
from unstuck.rules.optimisation._schedules import on_plateau, warm_up
from unstuck.rules.progress import Chance, chance_loss, closing_loss, fall_of, learned_by_loss
from unstuck.rules.rule import cause

#: One long step can be the start from small weights; three of those looked at are a habit.
LONG_STEPS = 3

#: One step by half of the weights' own size leaves nothing to build on, even if it is the only one.
REPLACED = 0.5

#: A rate is above the default from here on; less is rounding of float32, or taste.
ABOVE_DEFAULT = 1.5

#: Without a look at the steps, only a rate a hundred times the default is called high.
FAR_ABOVE_DEFAULT = 100.0


@cause(
    "learning-rate-too-high",
    certainty="suspected",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        DIVERGES,
        "nan-loss",
        "exploding-gradient",
        "saturated-divergence",
        "dead-relu",
        "saturated-activations",
    ),
    blames=("learning_rate", "optimizer"),
)
def learning_rate_too_high(
    curve: Curve,
    optimizer: Optimizer,
    dynamics: Dynamics | None,
    loss: Loss | None,
    baselines: Baselines | None,
    model: Model | None,
    fit: Fit | None,
    predictions: Predictions | None,
) -> Finding | None:
    """The learning rate is so high that each step replaces what the weights held.

    Why it looks stuck: steps of a tenth of the weights' own size jump over every solution. ReLU
    units are thrown to where they are zero for all rows and never return, sigmoids to where they
    are flat; the model ends as a constant answer and the loss stays at or above chance.
    How it is proved: the same training with rates over four decades; the loss falls with the lower
    ones. A rate that is high and right is told apart by its loss, which falls.

    What decides: Train once more with a tenth of the learning rate; a loss that falls says yes.
    """
    chance, penalty = chance_loss(loss, baselines, fit), model.regularisation if model is not None else 0.0
    closing, fall = closing_loss(curve), fall_of(curve)
    if closing is not None and fall is not None:
        rises = fall.total < -fall.noise
        if learned_by_loss(curve, chance, predictions, penalty) or fall.steady:
            return None
        if chance is None and not rises:
            return None
    elif closing is not None and (chance is None or learned_by_loss(curve, chance, predictions, penalty)):
        return None
    ratios = [step.update_ratio for step in dynamics.steps] if dynamics is not None else []
    long = [ratio for ratio in ratios if ratio > UPDATE_RATIO_HIGH]  # NaN is no length
    rate, usual = optimizer.learning_rate, default_rate(optimizer.name)
    seen = len(long) >= LONG_STEPS or max(long, default=0.0) >= REPLACED
    if not seen and rate < FAR_ABOVE_DEFAULT * usual:
        return None
    certainty = Certainty.MEASURED if seen and rate > ABOVE_DEFAULT * usual else Certainty.SUSPECTED
    place = optimizer.place or optimizer.compile_place
    lower = usual if rate > 10.0 * usual else rate / 10.0
    return Finding(
        says=_says(rate, usual, long, len(ratios), closing, chance),
        shows={"rate": rate, "default": usual, "long_steps": len(long), "steps_seen": len(ratios)}
        | {
            "bound": UPDATE_RATIO_HIGH,
            "loss": closing,
            "constant_answer": chance.value if chance is not None else None,
        },
        where=place,
        certainty=certainty,
        remedies=(
            propose("set-learning-rate", place, value=lower),
            propose("clip-gradients", place, clipnorm=1.0),
            *warm_up(optimizer, lower, fit),
            *on_plateau(optimizer, fit),
        ),
    )


def _says(
    rate: float, usual: float, long: list[float], seen: int, closing: float | None, chance: Chance | None
) -> str:
    """The finding in words, with what was seen of the steps and where the loss ended."""
    text = f"The learning rate is {rate:g} (Keras's default: {usual:g})"
    if long:
        text += f": {len(long)} of {seen} steps looked at moved the weights by over 10% of their own size"
        text += f", one by {100 * max(long):.3g}%" if math.isfinite(max(long)) else ""
    if closing is None:
        return text + ", and the loss is not finite."
    if chance is not None:
        return (
            text + f", and the loss ends at {closing:.4g}, where a constant answer costs {chance.value:.4g}."
        )
    return text + f", and the loss rose to {closing:.4g}."


def _steps(*ratios: float) -> Dynamics:
    steps = (Step(number=2**k, update_norms=(r,), weight_norms=(1.0,)) for k, r in enumerate(ratios))
    return Dynamics(trained=("dense/kernel",), steps=tuple(steps))


_TENTHS = Baselines(majority=0.1, classes=10, constant_loss=2.3026)
_STUCK, _LEARNS = Curve.of(loss=[9.1, 2.33, 2.32, 2.33]), Curve.of(loss=[1.0, 0.3, 0.1])
_HIGH = Optimizer(learning_rate=0.5)
learning_rate_too_high.fires(_STUCK, _HIGH, _steps(4.0, 0.9, 0.5, 0.2), _TENTHS)
learning_rate_too_high.fires(Curve.of(loss=[math.nan]), Optimizer(name="SGD", learning_rate=50.0))
learning_rate_too_high.fires(_STUCK, Optimizer(name="SGD"), _steps(4.0, 0.9, 0.5, 0.2), _TENTHS)
learning_rate_too_high.fires(_STUCK, Optimizer(name="SGD", learning_rate=0.3), _steps(0.9, 0.0, 0.0), _TENTHS)
learning_rate_too_high.quiet(
    Curve.of(loss=[math.nan]), Optimizer(), _steps(0.01, math.nan, math.nan, math.nan)
)
learning_rate_too_high.quiet(
    _LEARNS, Optimizer(name="SGD", learning_rate=1.0), _steps(0.3, 0.2, 0.2), _TENTHS
)
learning_rate_too_high.quiet(_STUCK, Optimizer(), _steps(0.01, 0.005, 0.004, 0.004), _TENTHS)
learning_rate_too_high.quiet(Curve.of(loss=[3.3, 2.8, 2.5, 2.3]), _HIGH, _steps(0.3, 0.2, 0.2), _TENTHS)
learning_rate_too_high.quiet(Curve.of(loss=[5.0, 5.0]), _HIGH, _steps(0.3, 0.2, 0.2))


#: How far above Keras's default a rate is looked at. An optimizer that scales its steps moves each
#: weight by about the rate: .1 is the size of a fresh weight. Where the step follows the gradient,
#: rates up to 1 are in use.
_TIMES_SCALED, _TIMES_PLAIN = 100.0, 1000.0


@learning_rate_too_high.in_source("suspected")
def in_source(optimizer: Optimizer) -> Finding | None:
    """A rate far above the optimizer's default."""
    usual = default_rate(optimizer.name)
    times = optimizer.learning_rate / usual
    bound = _TIMES_PLAIN if optimizer.name in GRADIENT_SIZED else _TIMES_SCALED
    if not times >= bound:
        return None
    return Finding(
        says=f"{optimizer.name} gets a learning rate of {optimizer.learning_rate:g}, {times:,.0f} times "
        f"Keras's default of {usual:g}: one step can move a weight further than its own size.",
        shows={"learning_rate": optimizer.learning_rate, "default": usual, "bound": bound * usual},
        where=optimizer.place or optimizer.compile_place,
        remedies=(propose("set-learning-rate", at=optimizer.place or optimizer.compile_place, value=usual),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.Adam(1.0), "mse")
model.fit(x, y)
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.SGD(30.0), "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.SGD(1.0), "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile(keras.optimizers.Adam(arguments.rate), "mse")
model.fit(x, y)
""")
