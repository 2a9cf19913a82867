"""The rule inputs-not-scaled."""

from __future__ import annotations

from unstuck.evidence.facts import Activity, Baselines, Curve, Fit, Input, Inputs, Layer, Model
from unstuck.judgement.findings import Blame, Certainty, Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import DIVERGES, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.progress import opening_loss
from unstuck.rules.rule import cause

#: Fresh weights are made for inputs around 1. Inputs fifty times that drive tanh and sigmoid into
#: saturation and make the first outputs, and gradients, about as many times too large.
LARGE = 50.0

#: A column that varies a thousand times as much as another drowns it for any one learning rate.
UNEVEN = 1000.0

#: ... unless the largest column is moderate itself: the border pixels of a picture in [0, 1] hardly vary,
#: and nothing drowns.
MODERATE = 10.0

#: A first loss this many times that of an even guess shows outputs far too large.
LOUD_START = 3.0

#: With this share of saturated entries or dead units in a layer, little gets through it.
MOSTLY = 0.8

#: Layers that scale by themselves, or read the input as something else than a size.
_SCALES = (
    "Normalization BatchNormalization LayerNormalization GroupNormalization UnitNormalization "
    "RMSNormalization Rescaling Embedding CategoryEncoding Discretization Hashing HashedCrossing "
    "IntegerLookup StringLookup TextVectorization"
)
SCALES = frozenset(_SCALES.split())

BYTE = 255


@cause(
    "inputs-not-scaled",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        DIVERGES,
        "dead-relu",
        "exploding-gradient",
        "nan-loss",
        "saturated-activations",
        "saturated-divergence",
        "vanishing-gradient",
    ),
)
def inputs_not_scaled(
    inputs: Inputs,
    activity: Activity | None,
    curve: Curve | None,
    baselines: Baselines | None,
    fit: Fit | None,
    model: Model | None,
) -> Finding | None:
    """The inputs are far larger than what fresh weights are made for, or uneven.

    Why it looks stuck: initial weights keep values around 1 at their size from layer to layer. Inputs of 0 to
    255, or prices and years, saturate sigmoid and tanh, kill ReLU units with the first steps, and let one
    column drown the others.

    How it is proved: by training again on standardised inputs with the same seed. A first loss far above that
    of an even guess, or saturated and dead layers, show the harm at once.

    A Normalization layer scales only what it was adapted to: before `adapt` it holds mean 0 and variance 1.

    What to do: subtract the mean and divide by the standard deviation of the training rows (or divide
    pictures by 255), or begin the model with a Normalization layer, adapted to the training rows.

    What decides: Print x.min(), x.max() and x.std(axis=0); hundreds, or columns of very different size, say
    yes.
    """
    idle = _never_adapted(model)
    found = next(((each, why) for each in inputs.training if (why := _too_large(each, idle))), None)
    if found is None:
        return None
    bad, why = found
    harm = _harm(activity, curve, baselines)
    name = f" {bad.name}" if bad.name and len(inputs.training) > 1 else ""
    waits = idle if bad.feeds == "Normalization" else None
    scaler = (
        f"the Normalization layer {waits.name} that reads it was never adapted: it holds mean 0 and "
        "variance 1, and hands the values on as they are"
        if waits
        else "nothing in the model scales it"
    )
    return Finding(
        says=f"The input{name} {why}, and {scaler}.{harm}",
        shows={
            "minimum": bad.minimum,
            "maximum": bad.maximum,
            "bound": LARGE,
            "column_std_min": bad.column_std_min,
            "column_std_max": bad.column_std_max,
        },
        where=waits.place if waits and waits.place else fit.place if fit else None,
        blamed=(Blame(at=fit.place, names=("x",)),) if fit and fit.place and not waits else (),
        certainty=Certainty.MEASURED if harm else Certainty.SUSPECTED,
        remedies=_remedies(bad, fit, waits),
    )


def _never_adapted(model: Model | None) -> Layer | None:
    """The Normalization layer that scales nothing, where none of the model's was adapted."""
    layers = model.of_kind("Normalization") if model else ()
    return layers[0] if layers and all(each.adapted is False for each in layers) else None


def _too_large(each: Input, idle: Layer | None) -> str:
    """What is wrong with the scale of an input, "" when nothing is."""
    scaled = each.feeds in SCALES and not (idle and each.feeds == "Normalization")
    if scaled or each.count == 0:
        return ""
    if max(abs(each.minimum), abs(each.maximum)) > LARGE:
        return (
            f"goes from {each.minimum:.4g} to {each.maximum:.4g} (mean {each.mean:.4g}, standard deviation "
            f"{each.std:.4g})"
        )
    uneven = each.column_std_min > 0 and each.column_std_max / each.column_std_min > UNEVEN
    if uneven and each.column_std_max > MODERATE:
        return (
            f"has columns with standard deviations from {each.column_std_min:.3g} to "
            f"{each.column_std_max:.3g}"
        )
    return ""


def _harm(activity: Activity | None, curve: Curve | None, baselines: Baselines | None) -> str:
    """What the scale has done, "" when nothing shows it."""
    first, even = opening_loss(curve) if curve else None, baselines.uniform_loss if baselines else None
    if first is not None and even and first > LOUD_START * even:
        return f" The first loss is {first:.4g}, where an even guess costs {even:.4g}."
    for layer in activity.layers[:-1] if activity else ():
        if layer.saturated > MOSTLY and layer.activation in ("tanh", "sigmoid"):
            return (
                f" In {layer.name}, {percent(layer.saturated)} of the values sit on the bounds of "
                f"{layer.activation}."
            )
        if layer.dead > MOSTLY:
            return f" In {layer.name}, {percent(layer.dead)} of the units are 0 on every row."
    return ""


def _remedies(bad: Input, fit: Fit | None, waits: Layer | None) -> tuple[Proposal, ...]:
    place, dimensions = fit.place if fit else None, len(bad.shape)
    standardise = propose("standardise-inputs", at=place, dimensions=dimensions)
    if waits is not None:
        return propose("adapt-normalisation", at=place, layer=waits.name), standardise
    picture = bad.minimum >= 0 and bad.maximum <= BYTE and bad.integral == 1.0 and len(bad.shape) >= 2
    in_model = propose("normalise-in-model", at=place)
    if picture:
        return propose("rescale-inputs", at=place, divisor=255.0), in_model
    return standardise, in_model, propose("min-max-inputs", at=place, dimensions=dimensions)


PICTURES = Input(
    shape=(28, 28), count=1000, maximum=255.0, mean=33.3, std=78.6, integral=1.0, feeds="Flatten"
)

inputs_not_scaled.fires(Inputs(training=(PICTURES,)))
inputs_not_scaled.fires(
    Inputs(
        training=(
            Input(
                shape=(13,),
                count=500,
                minimum=0.1,
                maximum=12.0,
                column_std_min=0.001,
                column_std_max=30.0,
                feeds="Dense",
            ),
        )
    )
)
inputs_not_scaled.quiet(Inputs(training=(Input(shape=(28, 28), count=1000, maximum=1.0, feeds="Flatten"),)))
inputs_not_scaled.quiet(
    Inputs(training=(Input(shape=(13,), count=500, maximum=400.0, feeds="BatchNormalization"),)),
)
inputs_not_scaled.quiet(
    Inputs(training=(Input(shape=(80,), count=500, maximum=20000.0, integral=1.0, feeds="Embedding"),))
)
inputs_not_scaled.quiet(  # pictures in [0, 1]: the border hardly varies, and nothing drowns
    Inputs(training=(Input(maximum=1.0, count=900, column_std_min=2e-4, column_std_max=0.4, feeds="Dense"),)),
)
_TABLE = Inputs(training=(Input(shape=(13,), count=178, maximum=1680.0, feeds="Normalization"),))
inputs_not_scaled.fires(_TABLE, Model(layers=(Layer(kind="Normalization", adapted=False), Layer())))
inputs_not_scaled.quiet(_TABLE, Model(layers=(Layer(kind="Normalization", adapted=True), Layer())))
inputs_not_scaled.quiet(_TABLE)
