"""What learning-rate-too-low sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Optimizer
from unstuck.evidence.kinds import default_rate
from unstuck.judgement.findings import Finding, Impact, propose
from unstuck.rules.optimisation.learning_rate_too_low import learning_rate_too_low

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
        "one step "
        f"went with that, {usual / rate:,.0f} steps are needed now.",
        shows={"learning_rate": rate, "default": usual, "bound": usual / _TIMES},
        where=optimizer.place or optimizer.compile_place,
        remedies=(change,),
    )


in_source.fires(Optimizer(name="SGD", learning_rate=1e-5))
in_source.fires(Optimizer(name="Adam", learning_rate=0.0))
in_source.quiet(Optimizer(name="Adam", learning_rate=1e-5))
in_source.quiet(Optimizer(name="Adam", learning_rate=float("nan")))
in_source.quiet(Optimizer(name="SGD", learning_rate=0.0), Fit(callbacks=("LearningRateScheduler",)))
