"""The rule ids-outside-embedding."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Input, Inputs, Layer, Model, WrittenInputs
from unstuck.judgement.findings import Blame, Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import DOES_NOT_FIT, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: Float ids are fine when they are whole; beyond this share of others they are no ids.
BROKEN = 0.01


@cause(
    "ids-outside-embedding",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DOES_NOT_FIT,
        VALIDATION_APART,
        "loss-nan",
        "nan-loss",
        "vanishing-gradient",
    ),
)
def ids_outside_embedding(inputs: Inputs, model: Model | None, fit: Fit | None) -> Finding | None:
    """An embedding gets numbers that are not the numbers of its rows.

    Why it looks stuck: an embedding looks up a row for each whole number from 0 to input_dim - 1. Numbers
    between 0 and 1 are all cut down to 0, so every input becomes the same row. Negative ids count from the
    end. Ids that are too large raise an error on some devices and give zeros or NaN on others.

    How it is proved: the ids are compared with the embedding's size.

    What to do: input_dim = largest id + 1; a Dense layer for real numbers.
    """
    for each in (*inputs.training, *inputs.validation):
        wrong = _wrong(each) if each.are_ids else None
        if wrong is not None:
            layer = _embedding(each, model)
            return Finding(
                says=wrong,
                shows={
                    "minimum": each.minimum,
                    "maximum": each.maximum,
                    "input_dim": each.input_dim,
                    "whole": each.integral,
                },
                # Code of the user's own around the embedding may make ids of the numbers.
                certainty=Certainty.SUSPECTED if each.input_dim is None else None,
                where=layer.place if layer else each.place,
                blamed=_blamed(each, layer, fit),
                remedies=(_remedy(each, layer),),
            )
    return None


def _wrong(each: Input) -> str | None:
    """Why these are not ids of the embedding, None when they are."""
    if each.count == 0:
        return None
    if each.integral < 1.0 - BROKEN:
        return (
            f"{percent(1.0 - each.integral)} of the numbers that the embedding reads ({each.minimum:.4g} to "
            f"{each.maximum:.4g}) are not whole: they are cut down to whole ids, so different inputs become "
            "the same row."
        )
    if each.minimum < 0:
        return (
            f"The embedding reads ids from {each.minimum:g}: negative ids silently count from its end, or "
            "raise an error."
        )
    if each.input_dim is not None and each.maximum >= each.input_dim:
        return (
            f"The embedding has rows for the ids 0 to {each.input_dim - 1:,}, but the ids go up to "
            f"{each.maximum:,.0f}: these raise an error on some devices and give zeros or NaN on others."
        )
    return None


def _blamed(each: Input, layer: Layer | None, fit: Fit | None) -> tuple[Blame, ...]:
    """What makes the ids, or the size of the table where they are whole and only too large."""
    if each.integral >= 1.0 - BROKEN and each.minimum >= 0:
        return (Blame(at=layer.place, names=("input_dim",)),) if layer and layer.place else ()
    return (Blame(at=fit.place, names=("x",)),) if fit and fit.place else ()


def _embedding(each: Input, model: Model | None) -> Layer | None:
    found = model.of_kind("Embedding") if model else ()
    return next((layer for layer in found if layer.input_dim == each.input_dim), None)


def _remedy(each: Input, layer: Layer | None) -> Proposal:
    if each.integral < 1.0 - BROKEN:
        return propose(
            "advise",
            text="Read these numbers with a Dense layer instead of an Embedding, or turn them into whole "
            "ids.",
        )
    if each.minimum < 0:
        return propose("advise", text="Give every id a whole number from 0 on; keep 0 for padding.")
    return propose(
        "enlarge-embedding", at=layer.place if layer else each.place, input_dim=int(each.maximum) + 1
    )


ids_outside_embedding.fires(
    Inputs(
        training=(
            Input(shape=(80,), count=100, maximum=20000.0, integral=1.0, feeds="Embedding", input_dim=20000),
        )
    )
)
ids_outside_embedding.fires(
    Inputs(
        training=(
            Input(shape=(80,), count=100, maximum=1.0, integral=0.02, feeds="Embedding", input_dim=20000),
        )
    )
)
ids_outside_embedding.quiet(
    Inputs(
        training=(
            Input(shape=(80,), count=100, maximum=19999.0, integral=1.0, feeds="Embedding", input_dim=20000),
        )
    )
)
ids_outside_embedding.quiet(
    Inputs(training=(Input(shape=(8,), count=100, maximum=1.0, integral=0.02, feeds="Dense"),))
)


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
        "table and cuts off the fraction, so that numbers below 1 all mean row 0.",
        shows={"step": step.kind, "by": step.value},
        where=step.place,
        remedies=(
            propose(
                "advise", text="Give the Embedding whole ids, or read scaled numbers with a Dense layer."
            ),
        ),
    )


in_source.fires("""
model = keras.Sequential([layers.Embedding(1000, 16), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x / 17, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Embedding(1000, 16), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(16), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x / 17, y)
""")
