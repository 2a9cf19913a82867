"""set-learning-rate."""

from __future__ import annotations

import math
from collections.abc import Mapping

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.signatures import SCHEDULES
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import number, set_argument
from unstuck.remedies.editing.compiled import optimizer_call, write_out
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy

#: Rates that differ by less are the same, written in another way.
SAME_RATE = 1e-6


@remedy(
    "set-learning-rate", where="the optimizer's learning rate", says="Set the learning rate to {value:.4g}."
)
def set_learning_rate(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Give the optimizer another learning rate.

    What it changes: `learning_rate` where the optimizer is made; a name such as "adam" is written
    out with it. Of a decay schedule, the rate it starts from.
    When it helps: each step is so large that training jumps about or diverges, or so small that
    the weights hardly move.
    """
    rate = number(float(values["value"]))
    call = optimizer_call(source, at)
    written = _written(source, call)
    if written is not None and math.isclose(written, float(values["value"]), rel_tol=SAME_RATE):
        raise Unplaced("the rate is this one here already, so something else changes it later")
    if call is None:
        return write_out(source, at, f"learning_rate={rate}")
    arg = source.argument(call, "learning_rate")
    schedule = (source.assigned(arg.value) or arg.value) if arg is not None else None
    if isinstance(schedule, cst.Call) and source.kind(schedule) in SCHEDULES:
        return set_argument(source, schedule, "initial_learning_rate", rate)
    return set_argument(source, call, "learning_rate", rate)


def _written(source: Source, call: cst.Call | None) -> float | None:
    """The rate that the optimizer's own call gives as a number, None where it gives none."""
    arg = source.argument(call, "learning_rate") if call is not None else None
    known, value = source.literal(arg.value) if arg is not None else (False, None)
    return float(value) if known and isinstance(value, (int, float)) else None


@set_learning_rate.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    rate = float(number(float(values["value"])))
    present = recipe.optimizer_arguments.get("learning_rate")
    if isinstance(present, Mapping):
        config = {**present.get("config", {}), "initial_learning_rate": rate}
        if present.get("class_name") not in SCHEDULES:
            raise UntreatableError("the learning rate follows a schedule that has no rate to start from")
        return recipe.with_optimizer(learning_rate={**present, "config": config})
    if isinstance(present, (int, float)) and math.isclose(present, float(values["value"]), rel_tol=SAME_RATE):
        raise UntreatableError("the rate is this one already, so something else changes it later")
    return recipe.with_optimizer(learning_rate=rate)
