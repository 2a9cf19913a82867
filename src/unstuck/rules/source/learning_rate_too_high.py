"""What learning-rate-too-high sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Optimizer
from unstuck.evidence.kinds import GRADIENT_SIZED, default_rate
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.optimisation.learning_rate_too_high import learning_rate_too_high

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
        "Keras's "
        f"default of {usual:g}: one step can move a weight further than its own size.",
        shows={"learning_rate": optimizer.learning_rate, "default": usual, "bound": bound * usual},
        where=optimizer.place or optimizer.compile_place,
        remedies=(propose("set-learning-rate", at=optimizer.place or optimizer.compile_place, value=usual),),
    )


in_source.fires(Optimizer(name="Adam", learning_rate=1.0))
in_source.fires(Optimizer(name="SGD", learning_rate=30.0))
in_source.quiet(Optimizer(name="SGD", learning_rate=1.0))
in_source.quiet(Optimizer(name="Adam", learning_rate=0.01))
in_source.quiet(Optimizer(name="Adam", learning_rate=float("nan")))
