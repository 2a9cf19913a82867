"""The rule bad-initial-weights."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Drawn, Layer, Model
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: All usual draws (Glorot, He, LeCun, orthogonal) lie within a factor of two of each other.
USUAL = 4.0

#: Values that come through the layers a thousand times smaller or larger than they went in.
THROUGH = 1000.0


@cause(
    "bad-initial-weights",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        DIVERGES,
        "dead-relu",
        "exploding-gradient",
        "learning-rate-too-high",
        "learning-rate-too-low",
        "saturated-activations",
        "saturated-divergence",
        "too-few-updates",
        "vanishing-gradient",
    ),
    blames=("kernel_initializer.stddev", "kernel_initializer"),
)
def bad_initial_weights(model: Model) -> Finding | None:
    """The weights are drawn so small, or so large, that nothing comes through the layers as it should.

    Why it looks stuck: each layer multiplies what it gets by the size of its weights. Draws a hundred times
    smaller than usual make values, and the gradients on their way back, a hundred times smaller in each
    layer: after two or three of them every row looks the same, and the answer is that of no input at all.
    Draws that are as much larger drive every unit to its bound.

    How it is proved: the standard deviation of each kernel before the first step over that of Keras's
    default, sqrt(2 / (inputs + outputs)) (Glorot and Bengio, 2010). It is told where two kernels or more are
    beyond a factor of four, to the same side, and their factors multiply to a thousand or more.

    What to do: leave kernel_initializer out, or `kernel_initializer="he_normal"` before relu.

    What decides: Print layer.kernel.numpy().std() of each layer before fit and compare it with
    sqrt(2 / (inputs + outputs)).
    """
    kernels = [each for each in model.drawn if each.trainable]
    small = [each for each in kernels if each.scale < 1.0 / USUAL]
    large = [each for each in kernels if each.scale > USUAL]
    off = max(small, large, key=len)
    if len(off) < 2:
        return None
    product = math.prod(max(each.scale, 1e-30) for each in off)
    if 1.0 / THROUGH < product < THROUGH:
        return None
    first, way = off[0], "smaller" if off is small else "larger"
    layer = _layer(model, first)
    return Finding(
        says=f"{len(off)} of {len(kernels)} kernels began far {way} than "
        f"usual: that of {first.layer} with {first.scale:.2g} times the deviation of Keras's default draw. "
        f"Together the layers multiply what passes them by about {product:.1g}.",
        shows={
            "scales": {each.layer: each.scale for each in off[:8]},
            "product": product,
            "bound": 1.0 / THROUGH if off is small else THROUGH,
        },
        where=layer.place if layer is not None else None,
        remedies=(
            propose(
                "advise",
                text='Leave kernel_initializer out, or give kernel_initializer="he_normal" before relu and '
                '"glorot_uniform" elsewhere.',
            ),
        ),
    )


def _layer(model: Model, drawn: Drawn) -> Layer | None:
    return next((each for each in model.layers if each.name == drawn.layer), None)


def _drawn(*scales: float) -> Model:
    return Model(drawn=tuple(Drawn(layer=f"dense_{at}", scale=scale) for at, scale in enumerate(scales)))


bad_initial_weights.fires(_drawn(8e-4, 8e-4, 8e-4, 6e-4))
bad_initial_weights.fires(_drawn(80.0, 70.0))
bad_initial_weights.quiet(_drawn(1.0, 1.4, 0.7))
bad_initial_weights.quiet(_drawn(1.0, 1.0, 1e-4))  # an output layer that begins at nothing
bad_initial_weights.quiet(_drawn(0.2, 0.2, 1.0))
bad_initial_weights.quiet(Model())
