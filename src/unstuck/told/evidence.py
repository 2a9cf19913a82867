"""What is known of a training in its middle, out of what was known before it and what was seen since."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from unstuck.evidence.dynamics import read_dynamics
from unstuck.evidence.facts import Evidence
from unstuck.evidence.logs import read_curves
from unstuck.watch.recorder import VitalSigns


def so_far(before: Evidence, model: Any, signs: VitalSigns) -> Evidence:
    """The evidence with the curves and the vital signs up to now. Neither the model nor the rows are read."""
    fit, optimizer = before.fit, before.optimizer
    if fit is not None:
        fit = replace(
            fit,
            updates=signs.updates,
            updates_before=signs.updates_before,
            epochs_done=signs.epochs_done,
            steps_per_epoch=signs.steps_per_epoch or fit.steps_per_epoch,
        )
    if optimizer is not None and signs.learning_rate_first is not None:
        optimizer = replace(optimizer, learning_rate=signs.learning_rate_first)
    names = tuple(output.name for output in before.outputs)
    curves = read_curves(signs, names)
    return replace(
        before,
        fit=fit,
        optimizer=optimizer,
        dynamics=read_dynamics(model, signs, running=True),
        outputs=tuple(replace(output, curve=curves[output.name]) for output in before.outputs),
    )
