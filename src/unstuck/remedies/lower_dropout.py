"""lower-dropout."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.lab.recipe import Recipe
from unstuck.remedies.editing.arguments import number, set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy
from unstuck.remedies.treating.layers import DROPOUTS, chosen, only

_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


@remedy("lower-dropout", where="the dropout rate", says="Lower the dropout rate to {rate:g}.")
def lower_dropout(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Drop fewer units.

    What it changes: `rate` of a dropout layer, or `dropout` of a recurrent one.
    When it helps: the model fits its training rows badly because most of what it knows is switched
    off in each step.
    """
    call = source.call_at(at, (*DROPOUTS, *_RECURRENT))
    parameter = "dropout" if source.kind(call) in _RECURRENT else "rate"
    return set_argument(source, call, parameter, number(float(values["rate"])))


@lower_dropout.on_recipe
def _treat(recipe: Recipe, at: Place | None, values: Values) -> Recipe:
    rate = float(number(float(values["rate"])))
    stronger = [each.name for each in recipe.layers if recipe.arguments_of(each.name).get("rate", 0.0) > rate]
    names = chosen(recipe, at, (*DROPOUTS, *_RECURRENT), stronger or only(recipe, DROPOUTS))
    recurrent = recipe.kind_of(names[0]) in _RECURRENT
    return recipe.with_layers(names, **{"dropout" if recurrent else "rate": rate})
