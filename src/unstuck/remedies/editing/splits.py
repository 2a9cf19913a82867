"""Which rows of a fit call train: all but the last part that `validation_split` holds back."""

from __future__ import annotations

from unstuck.evidence.source import Unplaced
from unstuck.remedies.editing.arguments import number
from unstuck.remedies.editing.rows import FitRows


def held_back(rows: FitRows) -> str:
    """The share of the rows that `validation_split` holds back, as source; "" for none.

    Raises:
        Unplaced: the share is computed.
    """
    if not rows.has("validation_split") or rows.has("validation_data"):
        return ""
    arg = rows.source.argument(rows.call, "validation_split")
    assert arg is not None
    known, share = rows.source.literal(arg.value)
    if not known or not isinstance(share, (int, float)):
        raise Unplaced("the share of the rows that validate is computed")
    return number(float(share)) if share else ""


def training_part(rows: FitRows, name: str) -> str:
    """The rows of an array that train, cut as Keras cuts them: `x` or `x[: int(len(x) * (1 - 0.2))]`."""
    share = held_back(rows)
    return f"{name}[: int(len({name}) * (1 - {share}))]" if share else name
