"""lower-dropout."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.remedies.editing.arguments import number, set_argument
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy

_DROPOUTS = (
    *("Dropout", "AlphaDropout", "GaussianDropout"),
    *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
)
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


@remedy("lower-dropout", where="the dropout rate", says="Lower the dropout rate to {rate:g}.")
def lower_dropout(source: Source, at: Place | None, values: Values) -> list[Edit]:
    """Drop fewer units.

    What it changes: `rate` of a dropout layer, or `dropout` of a recurrent one.
    When it helps: the model fits its training rows badly because most of what it knows is switched
    off in each step.
    """
    call = source.call_at(at, (*_DROPOUTS, *_RECURRENT))
    parameter = "dropout" if source.kind(call) in _RECURRENT else "rate"
    return set_argument(source, call, parameter, number(float(values["rate"])))
