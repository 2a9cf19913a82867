"""weigh-classes."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import add_argument, follow, number
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy

_NOT_BOTH = "the rows have weights of their own, and Keras takes those or class weights, not both"


@remedy(
    "weigh-classes",
    where="the class weights",
    says="Weigh the classes so that each counts the same in the loss, however rare it is.",
)
def weigh_classes(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Let each class count the same in the loss.

    What it changes: `class_weight` in the fit call: n / (classes x rows of the class).
    When it helps: one class is so frequent that always answering it costs little. Accuracy may
    fall with it, while the rare class is found at last: look at recall by class.
    """
    call = source.call_at(at, ("fit",))
    weighed = source.argument(call, "sample_weight")
    if weighed is not None and source.code(weighed.value) != "None":
        raise Unplaced(_NOT_BOTH)
    pairs = ", ".join(f"{_label(label)}: {number(float(weight))}" for label, weight in values["weights"])
    arg = source.argument(call, "class_weight")
    if arg is None:
        return [add_argument(source, call, "class_weight", f"{{{pairs}}}")]
    return [Edit(*source.span(follow(source, arg.value)), f"{{{pairs}}}")]


def _label(label: float) -> str:
    return str(int(label)) if float(label).is_integer() else number(float(label))


@weigh_classes.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    if recipe.sample_weight is not None:
        raise UntreatableError(_NOT_BOTH)
    weights = {float(label): float(number(float(weight))) for label, weight in values["weights"]}
    if not all(label.is_integer() for label in weights):
        raise UntreatableError("Keras weighs classes by whole numbers only")
    return replace(recipe, class_weight={int(label): weight for label, weight in weights.items()})
