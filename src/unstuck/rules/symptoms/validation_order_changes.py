"""Symptom: answers are laid beside labels of other rows."""

from __future__ import annotations

from unstuck.evidence.facts import Place, Reordered
from unstuck.judgement.findings import Finding
from unstuck.rules.rule import symptom


@symptom("validation-order-changes")
def validation_order_changes(order: Reordered) -> Finding | None:
    """The validation rows come in another order each time, and the script counts on one order.

    Each row is told by a hash of its input. The script gives the same stream to `predict` and lays the
    answers beside labels that it holds itself.
    """
    if not order.moved or order.compared_at is None:
        return None
    return Finding(
        says=f"Of {order.rows:,} validation rows {order.moved:,} stood elsewhere in the second validation "
        f"than in the first, and line {order.compared_at.line} lays answers beside labels in one order.",
        shows={"rows": order.rows, "moved": order.moved},
    )


_LINE = Place(file="train.py", line=30)
validation_order_changes.fires(Reordered(rows=450, moved=448, predicted_at=_LINE, compared_at=_LINE))
validation_order_changes.quiet(Reordered(rows=450, moved=448))
validation_order_changes.quiet(Reordered(rows=450))
