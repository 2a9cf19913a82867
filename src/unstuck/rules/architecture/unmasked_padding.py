"""The rule unmasked-padding."""

from __future__ import annotations

import math

from unstuck.evidence.facts import (
    Fit,
    Gradients,
    Input,
    Inputs,
    Layer,
    Model,
    Padding,
    WrittenInputs,
)
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.architecture._matrices import matrix_weights
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause
from unstuck.rules.ruling_out import no_layer

#: What a fresh layer keeps of its state over one step of padding: an LSTM its forget gate, sigma(1) =
#: .731; a GRU its update gate, sigma(0) = .5. A simple RNN has no gate to compute it from.
KEEPS = {"LSTM": 1.0 / (1.0 + math.exp(-1.0)), "GRU": 0.5, "SimpleRNN": None}

#: Under a thousandth of the state, or of the gradient, what the text said is drowned by noise.
LOST = 1e-3

#: Where the gradient at real tokens is half of that at the padding, the gates have learned to hold on.
PASSES = 0.5

#: Layers between input and recurrent layer that leave the time axis as it is.
_SAME_STEPS = "InputLayer Embedding Dropout SpatialDropout1D GaussianNoise Dense"
SAME_STEPS = frozenset(_SAME_STEPS.split())


@cause(
    "unmasked-padding",
    certainty="suspected",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "learning-rate-too-low",
        "model-too-small",
        "too-few-updates",
        "vanishing-gradient",
    ),
    blames=("mask_zero",),
)
def unmasked_padding(
    model: Model, inputs: Inputs, gradients: Gradients | None, fit: Fit | None
) -> Finding | None:
    """A recurrent layer reads a long run of padding last, and its last state is all that is used.

    Why it looks stuck: a fresh LSTM keeps sigma(1) = .731 of its state a step, a fresh GRU .5. After n steps
    of padding .731^n is left of what the text said: a thousandth after 22 steps. The predictions hardly
    depend on the text, and no gradient reaches it.

    How it is proved: the padding at the end is measured, and the gradient of the loss at real tokens is
    compared with that at the padding.

    What to do: `mask_zero=True` in the Embedding, padding in front, shorter sequences, or an average over the
    steps in place of the last state.

    What decides: Count the zeros at the end of a typical row; over 22 steps of them without a mask say yes.
    """
    layer, source = _last_state(model), _source(inputs)
    if layer is None or source is None or source.padding is None or not model.ordered:
        return None
    padding, keeps = source.padding, KEEPS[layer.kind]
    run = padding.leading if layer.go_backwards else padding.trailing
    left = run * math.log10(keeps) if keeps else None
    starved, passes = _starved(gradients)
    if passes or run < 1 or not (starved or left is None or left < math.log10(LOST)):
        return None
    if left is None and not starved and run < math.log(LOST) / math.log(KEEPS["LSTM"] or 1.0):
        return None
    counted = left is not None and is_chain(model)
    remedies = _remedies(model, source, padding, layer, fit)
    shows = {
        "padding_share": padding.share,
        "median_run": run,
        "steps": padding.steps,
        "state_left": None if left is None else 10.0**left,
        "bound": LOST,
        "gradient_at_real_tokens": gradients.real_tokens if gradients else None,
        "gradient_at_padding": gradients.padding if gradients else None,
        **matrix_weights(source, fit),
    }
    return Finding(
        says=_says(layer, padding, run, left, gradients),
        shows={name: value for name, value in shows.items() if value is not None},
        where=remedies[0].at if remedies[0].remedy == "mask-padding" else layer.place,
        certainty=Certainty.MEASURED if starved or counted else Certainty.SUSPECTED,
        remedies=remedies,
    )


def _last_state(model: Model) -> Layer | None:
    """The recurrent layer whose last state alone goes on; None where a mask or another layer helps it."""
    for layer in model.layers:
        if layer.kind in KEEPS and layer.return_sequences is False:
            return layer
        if layer.kind not in SAME_STEPS or layer.mask_zero or layer.custom:
            return None
    return None


def _source(inputs: Inputs) -> Input | None:
    """The padded input of the recurrent layer; None where there are several that could be it."""
    found = [each for each in inputs.training if each.padding is not None]
    return found[0] if len(found) == 1 and len(inputs.training) == 1 else None


def _starved(gradients: Gradients | None) -> tuple[bool, bool]:
    """Whether the gradient misses the real tokens, and whether it reaches them (neither: not known)."""
    if gradients is None or gradients.real_tokens is None or not gradients.padding:
        return False, False  # without any gradient at the padding either, something behind it blocks
    ratio = gradients.real_tokens / gradients.padding
    return ratio < LOST, ratio >= PASSES


def _says(
    layer: Layer,
    padding: Padding,
    run: float,
    left: float | None,
    gradients: Gradients | None,
) -> str:
    says = (
        f"{percent(padding.share)} of the {padding.steps:,} steps are padding, and {layer.kind} reads it "
        f"without a mask: the median row has {run:,.0f} steps of it "
        f"{'in front, read last' if layer.go_backwards else 'at the end'}."
    )
    keeps = KEEPS[layer.kind]
    if left is not None and keeps is not None:
        says += (
            f" A fresh {layer.kind} keeps {keeps:.3g} of its state a step: {keeps:.3g}^{run:,.0f} is about "
            f"1e{round(left):d}."
        )
    if gradients is not None and gradients.real_tokens is not None and gradients.padding:
        says += (
            f" The gradient of the loss is {gradients.real_tokens:.2g} at real tokens and "
            f"{gradients.padding:.2g} at the padding."
        )
    return says


def _remedies(
    model: Model, source: Input, padding: Padding, layer: Layer, fit: Fit | None
) -> tuple[Proposal, ...]:
    place = fit.place if fit is not None else None
    if not source.are_ids:
        masking = f"Put keras.layers.Masking(mask_value={padding.value:g}) before the recurrent layer."
        side = "end" if layer.go_backwards else "front"
        return propose("advise", text=masking), propose("advise", text=f"Put the padding at the {side}.")
    if layer.go_backwards:  # what stands in front is read last
        moved = [propose("advise", text='Put the padding at the end: pad_sequences(..., padding="post").')]
    else:
        moved = [propose("pad-in-front", at=place, value=padding.value)]
        if 0 < (steps := math.ceil(padding.length_95)) < padding.steps:
            moved.append(propose("truncate-padding", at=place, steps=steps))
    embedding = next(iter(model.of_kind("Embedding")), None)
    if embedding is not None and padding.value == 0:
        return (propose("mask-padding", at=embedding.place), *moved)
    return tuple(moved)


@unmasked_padding.ruled_out
def _ruled_out(model: Model) -> str:
    """What in a script speaks against it."""
    return no_layer(model, "LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional")


_REVIEWS = Input(
    shape=(1422,),
    count=25000,
    maximum=19999.0,
    integral=1.0,
    feeds="Embedding",
    padding=Padding(steps=1422, trailing=1230.0, share=0.83, length_95=610.0),
)
_SHORT = Input(shape=(20,), count=100, feeds="Embedding", padding=Padding(steps=20, trailing=5.0, share=0.3))

unmasked_padding.fires(
    Model(layers=(Layer(kind="Embedding"), Layer(kind="LSTM", units=1, return_sequences=False), Layer())),
    Inputs(training=(_REVIEWS,)),
    Gradients(rows=64, real_tokens=0.0, padding=8e-4),
)
unmasked_padding.fires(
    Model(layers=(Layer(kind="Embedding"), Layer(kind="GRU", units=8, return_sequences=False), Layer())),
    Inputs(training=(_REVIEWS,)),
)
unmasked_padding.quiet(
    Model(
        layers=(
            Layer(kind="Embedding", mask_zero=True),
            Layer(kind="LSTM", units=1, return_sequences=False),
            Layer(),
        )
    ),
    Inputs(training=(_REVIEWS,)),
)
unmasked_padding.quiet(
    Model(layers=(Layer(kind="Embedding"), Layer(kind="Bidirectional", return_sequences=False), Layer())),
    Inputs(training=(_REVIEWS,)),
)
unmasked_padding.quiet(
    Model(layers=(Layer(kind="Embedding"), Layer(kind="GlobalAveragePooling1D"), Layer())),
    Inputs(training=(_REVIEWS,)),
)
unmasked_padding.quiet(
    Model(layers=(Layer(kind="Embedding"), Layer(kind="LSTM", units=8, return_sequences=False), Layer())),
    Inputs(training=(_SHORT,)),
)
unmasked_padding.quiet(  # trained gates may hold on to the text
    Model(layers=(Layer(kind="Embedding"), Layer(kind="LSTM", units=8, return_sequences=False), Layer())),
    Inputs(training=(_REVIEWS,)),
    Gradients(rows=64, real_tokens=9e-4, padding=8e-4),
)


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
        f"padding included. A step keeps about {_KEPT:g} of an LSTM's state: after 22 steps of padding a "
        "thousandth of what was read is left. How much that is depends on the lengths of the rows.",
        shows={"padding": "post", "mask_zero": False, "kept_per_step": _KEPT},
        where=embedding.place,
        remedies=(propose("mask-padding", at=embedding.place), propose("pad-in-front", at=padded.place)),
    )


in_source.fires("""
x = keras.utils.pad_sequences(x, padding="post")
model = keras.Sequential([layers.Embedding(1000, 16), layers.LSTM(8), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
x = keras.utils.pad_sequences(x, padding="post")
words = layers.Embedding(1000, 16, mask_zero=True)
model = keras.Sequential([words, layers.LSTM(8), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
x = keras.utils.pad_sequences(x)  # in front
model = keras.Sequential([layers.Embedding(1000, 16), layers.LSTM(8), layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""")
