"""What ids-outside-embedding sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Layer, Model, Operation, WrittenInputs
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.inputs.ids_outside_embedding import ids_outside_embedding

#: What makes whole numbers of divided ones again.
_WHOLE = ("round", "rint", "floor", "floor-divide", "astype", "cast", "digitize", "searchsorted")


@ids_outside_embedding.in_source("suspected")
def in_source(inputs: WrittenInputs, model: Model) -> Finding | None:
    """Inputs that were divided or standardised before an Embedding reads them."""
    step = inputs.last("divide", "fit_transform", "transform", *_WHOLE)
    first = model.layers[0] if model.layers else None
    if first is None or first.kind != "Embedding" or step is None or step.kind in _WHOLE:
        return None
    scaler = step.kind != "divide" and "Scaler" not in str(step.value)
    if scaler:
        return None
    return Finding(
        says="The inputs are scaled, and an Embedding reads them: it takes each number for a row of its "
        "table and "
        "cuts off the fraction, so that numbers below 1 all mean row 0.",
        shows={"step": step.kind, "by": step.value},
        where=step.place,
        remedies=(
            propose(
                "advise", text="Give the Embedding whole ids, or read scaled numbers with a Dense layer."
            ),
        ),
    )


_EMBEDDED = Model(layers=(Layer(kind="Embedding"), Layer(kind="Dense", units=1)))
in_source.fires(WrittenInputs(operations=(Operation(kind="divide", value=17),)), _EMBEDDED)
in_source.quiet(WrittenInputs(), _EMBEDDED)
in_source.quiet(WrittenInputs(operations=(Operation(kind="divide", value=17),)), Model(layers=(Layer(),)))
