"""schedule-learning-rate."""

from __future__ import annotations

from typing import Any

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import number, set_argument
from unstuck.remedies.editing.compiled import optimizer_call, write_out
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import expression
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.inserting import serialised

#: The exponential schedule ends at this share of the rate it starts from.
END = 0.01

#: The share of the updates over which the rate rises to its full size.
WARM_UP = 0.1

_HOW = {
    "cosine": "Let the learning rate fall from {rate:.4g} to 0 along a cosine over the {updates:,} updates.",
    "exponential": "Let the learning rate fall from {rate:.4g} to a hundredth of it over the {updates:,} "
    "updates.",
    "warm-up": "Let the learning rate rise to {rate:.4g} over the first tenth of the {updates:,} updates and "
    "fall again along a cosine.",
}


def _says(values: Values) -> str:
    return _HOW[values["kind"]].format(rate=float(values["value"]), updates=int(values["updates"]))


@remedy("schedule-learning-rate", where="the optimizer's learning rate", says=_says)
def schedule_learning_rate(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Let the learning rate change over the training.

    What it changes: `learning_rate` of the optimizer becomes a schedule over the run's updates:
    "cosine" (`CosineDecay`), "exponential" (`ExponentialDecay` to a hundredth) or "warm-up"
    (`CosineDecay` that first rises from 0 over a tenth of the updates).
    When it helps: long steps are fine in the beginning and undo what was learned later (decay), or
    the first steps from fresh weights are the ones that go too far (warm-up).
    """
    kind, arguments = _schedule(values["kind"], float(values["value"]), int(values["updates"]))
    call = optimizer_call(source, at)
    arg = source.argument(call, "learning_rate") if call is not None else None
    held = (source.assigned(arg.value) or arg.value) if arg is not None else None
    if isinstance(held, cst.Call) and source.kind(held)[:1].isupper():
        raise Unplaced("the learning rate follows a schedule already")
    spot = source.span(call or source.call_at(at, ("compile",)))[0]
    name, imports = expression(source, f"keras.optimizers.schedules.{kind}", spot)
    made = f"{name}({', '.join(f'{key}={number(value)}' for key, value in arguments.items())})"
    if call is None:
        return [*imports, *write_out(source, at, f"learning_rate={made}")]
    return [*imports, *set_argument(source, call, "learning_rate", made)]


def _schedule(kind: str, rate: float, updates: int) -> tuple[str, dict[str, Any]]:
    """The class of a schedule and its arguments."""
    updates = max(updates, 1)
    if kind == "exponential":
        return "ExponentialDecay", {
            "initial_learning_rate": rate,
            "decay_steps": updates,
            "decay_rate": END,
        }
    if kind == "warm-up":
        rising = max(int(WARM_UP * updates), 1)
        return "CosineDecay", {
            "initial_learning_rate": 0.0,
            "decay_steps": max(updates - rising, 1),
            "warmup_target": rate,
            "warmup_steps": rising,
        }
    return "CosineDecay", {"initial_learning_rate": rate, "decay_steps": updates}


@schedule_learning_rate.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    if not isinstance(recipe.optimizer_arguments.get("learning_rate"), (int, float)):
        raise UntreatableError("the learning rate follows a schedule already")
    # Over this training's own updates, which are fewer where it is tried on fewer rows.
    kind, arguments = _schedule(values["kind"], float(values["value"]), recipe.updates)
    made = serialised("optimizers.schedules", kind, **arguments)
    return recipe.with_optimizer(learning_rate=made)
