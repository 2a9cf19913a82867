"""clip-gradients."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.editing.arguments import number, set_argument
from unstuck.remedies.editing.compiled import optimizer_call, write_out
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy

#: Keras takes one way of clipping.
_OTHERS = ("global_clipnorm", "clipvalue")


@remedy(
    "clip-gradients",
    where="the optimizer",
    says="Clip each gradient to a norm of {clipnorm:g}, so that one bad batch cannot throw the weights away.",
)
def clip_gradients(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Bound the length of each gradient.

    What it changes: `clipnorm` where the optimizer is made; a name such as "adam" is written out.
    When it helps: single gradients are so long that one step undoes all that was learned, up to
    losses of NaN; recurrent layers over long rows are prone to it.
    """
    norm = number(float(values["clipnorm"]))
    call = optimizer_call(source, at)
    if call is None:
        return write_out(source, at, f"clipnorm={norm}")
    if any(source.argument(call, name) is not None for name in _OTHERS):
        raise Unplaced("the optimizer clips in another way already, and Keras takes only one")
    return set_argument(source, call, "clipnorm", norm)


@clip_gradients.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:  # noqa: ARG001
    if any(recipe.optimizer_arguments.get(name) for name in _OTHERS):
        raise UntreatableError("the optimizer clips in another way already, and Keras takes only one")
    return recipe.with_optimizer(clipnorm=float(number(float(values["clipnorm"]))))
