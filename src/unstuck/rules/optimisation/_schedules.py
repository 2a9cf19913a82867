"""Learning rates that change over the training, as further remedies of several causes."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Optimizer
from unstuck.judgement.findings import Proposal, propose

#: A tenth of twenty updates are two: with fewer there is nothing to rise over.
FEWEST_UPDATES = 20

#: The rate is halved after two epochs without progress, and should have room for that three times.
FACTOR, PATIENCE, CHANCES = 0.5, 2, 3

_RATE_SETTERS = ("ReduceLROnPlateau", "LearningRateScheduler")


def warm_up(optimizer: Optimizer | None, rate: float, fit: Fit | None) -> tuple[Proposal, ...]:
    """A rate that rises to `rate` and falls again over the run's updates; nothing where one is scheduled."""
    if optimizer is None or fit is None or _is_scheduled(optimizer, fit):
        return ()
    updates = max(fit.updates, fit.epochs * (fit.steps_per_epoch or 0))
    if updates < FEWEST_UPDATES:
        return ()
    place = optimizer.place or optimizer.compile_place
    return (propose("schedule-learning-rate", place, kind="warm-up", value=rate, updates=updates),)


def on_plateau(optimizer: Optimizer, fit: Fit | None) -> tuple[Proposal, ...]:
    """A rate that is halved when the loss stands still; nothing where it is set already or time is short."""
    if fit is None or _is_scheduled(optimizer, fit) or fit.epochs < CHANCES * PATIENCE:
        return ()
    return (propose("lower-rate-on-plateau", fit.place, factor=FACTOR, patience=PATIENCE),)


def _is_scheduled(optimizer: Optimizer, fit: Fit) -> bool:
    return optimizer.schedule is not None or any(name in fit.callbacks for name in _RATE_SETTERS)
