"""What unmasked-padding sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Layer, Model, Operation, WrittenInputs
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.architecture.unmasked_padding import unmasked_padding

#: Layers whose last state answers for the whole row.
_RECURRENT = ("LSTM", "GRU", "SimpleRNN")

#: What a forget gate near sigma(1) keeps of the state in one step: the LSTM's bias starts at 1.
_KEPT = 0.731


@unmasked_padding.in_source("suspected")
def in_source(model: Model, inputs: WrittenInputs) -> Finding | None:
    """Padding at the end and no mask before a recurrent layer that answers with its last state."""
    padded = inputs.last("pad_sequences")
    embedding = next((each for each in model.layers if each.kind == "Embedding"), None)
    last = next((each for each in model.layers if each.kind in _RECURRENT), None)
    if padded is None or padded.arguments.get("padding") != "post" or embedding is None or last is None:
        return None
    if embedding.mask_zero is not False or last.return_sequences is not False:
        return None
    if any(layer.kind == "Masking" for layer in model.layers):
        return None
    return Finding(
        says=f"Rows are padded at the end and {last.kind} answers with the state after the last step, the "
        "padding "
        f"included. A step keeps about {_KEPT:g} of an LSTM's state: after 22 steps of padding a "
        "thousandth of "
        "what was read is left. How much that is depends on the lengths of the rows.",
        shows={"padding": "post", "mask_zero": False, "kept_per_step": _KEPT},
        where=embedding.place,
        remedies=(propose("mask-padding", at=embedding.place), propose("pad-in-front", at=padded.place)),
    )


_POST = WrittenInputs(operations=(Operation(kind="pad_sequences", arguments={"padding": "post"}),))
_LSTM = Layer(kind="LSTM", units=8, return_sequences=False)
in_source.fires(Model(layers=(Layer(kind="Embedding", mask_zero=False), _LSTM)), _POST)
in_source.quiet(Model(layers=(Layer(kind="Embedding", mask_zero=True), _LSTM)), _POST)
in_source.quiet(
    Model(layers=(Layer(kind="Embedding", mask_zero=False), _LSTM)),
    WrittenInputs(operations=(Operation(kind="pad_sequences"),)),
)
