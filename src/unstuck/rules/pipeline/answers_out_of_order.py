"""The rule answers-out-of-order."""

from __future__ import annotations

from unstuck.evidence.facts import Place, Reordered
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.rule import cause


@cause(
    "answers-out-of-order",
    certainty="measured",
    impact="misleads",
    explains=("validation-order-changes",),
)
def answers_out_of_order(order: Reordered) -> Finding | None:
    """A shuffling generator is given to predict, and its answers are laid beside labels in file order.

    Why it looks stuck: `evaluate` takes each row with its own label and is right. `predict` gives answers in
    the order in which the generator brought the rows that time; labels that are read apart from it stand in
    another order, so that a confusion matrix or a score of one's own comes out at chance.

    How it is proved: a hash of each row that passes tells that the same rows come in another order each
    time. The source gives the same generator to `predict`, and its answers to a score beside other labels.

    What to do: `shuffle=False` for what is evaluated; shuffling is for training alone.
    """
    if not order.moved or order.predicted_at is None or order.compared_at is None:
        return None
    chance = 1.0 / order.rows
    return Finding(
        says=f"The validation rows come in another order each time ({order.moved:,} of {order.rows:,} had "
        f"moved). The answers that predict gives for them in line {order.predicted_at.line} are laid beside "
        f"labels of other rows in line {order.compared_at.line}: that score is at chance.",
        shows={"rows": order.rows, "moved": order.moved, "share_in_place_by_chance": chance},
        where=order.made_at or order.predicted_at,
        remedies=(
            propose(
                "advise",
                at=order.made_at,
                text="Make what is evaluated with shuffle=False, so that rows, answers and labels stay in "
                "one order; or collect labels and answers batch by batch from one pass.",
            ),
        ),
    )


_LINE = Place(file="train.py", line=30)
answers_out_of_order.fires(Reordered(rows=450, moved=448, predicted_at=_LINE, compared_at=_LINE))
answers_out_of_order.quiet(Reordered(rows=450, moved=448))  # nobody asks for their order
answers_out_of_order.quiet(Reordered(rows=450, predicted_at=_LINE, compared_at=_LINE))
