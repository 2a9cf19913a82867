"""The rule looks-ahead."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Inputs, Layer, Model, NextGiven, Place
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import reads_ahead
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: Layers by which a step sees others: attention, both directions, convolution.
_SEE_OTHERS = (
    "MultiHeadAttention",
    "GroupedQueryAttention",
    "Attention",
    "AdditiveAttention",
    "Bidirectional",
    "Conv1D",
    "SeparableConv1D",
)


@cause(
    "looks-ahead",
    certainty="measured",
    impact="misleads",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "answers-read-ahead"),
)
def looks_ahead(inputs: Inputs, model: Model | None, fit: Fit | None) -> Finding | None:
    """A model that is to foretell the next token sees the tokens to come.

    Why it looks stuck: each step's answer stands one step later in the input. Where attention (a mask that
    is missing or the wrong way round), a second direction or a convolution lets a step see it, there is
    nothing to foretell: the training figures tell of copying, and what the model writes alone is noise.

    How it is proved: the input shifted by one step equals the targets in every row. In sample rows one of its
    ids is exchanged for another, and answers at earlier steps change.

    What to do: let a step see itself and what came before, no more: use_causal_mask=True, a mask that is 1
    for j <= i (np.tril), padding="causal", one direction.
    """
    ahead = inputs.next_given
    if ahead is None or not reads_ahead(ahead):
        return None
    layers = model.of_kind(*_SEE_OTHERS) if model is not None else ()
    place = ahead.mask_place or next((each.place for each in layers if each.place), None)
    return Finding(
        says=f"Each step is to foretell the next of {ahead.steps} ids, and sees ids to come: with another "
        f"id at position {ahead.position + 1}, earlier answers changed in {ahead.changed} of {ahead.asked} "
        "rows.",
        shows={"changed": ahead.changed, "asked": ahead.asked, "largest_change": ahead.largest_change},
        where=place or (fit.place if fit is not None else None),
        remedies=(
            propose(
                "advise",
                at=place,
                text="Let a step see itself and what came before: use_causal_mask=True in the call of "
                "MultiHeadAttention, or a mask that is 1 where a step may look: np.tril(np.ones((1, n, n))); "
                'padding="causal" for Conv1D; no Bidirectional.',
            ),
        ),
    )


_AHEAD = NextGiven(rows=2500, steps=6, position=3, asked=100, changed=100, largest_change=2.0)
_LINE = Place(file="train.py", line=12)
looks_ahead.fires(Inputs(next_given=_AHEAD), Model(layers=(Layer(kind="Bidirectional", place=_LINE),)))
looks_ahead.quiet(Inputs(next_given=NextGiven(rows=2500, steps=6, position=3, asked=100)))
looks_ahead.quiet(Inputs())
