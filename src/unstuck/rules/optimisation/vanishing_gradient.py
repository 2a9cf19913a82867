"""Cause: hardly any gradient reaches the first layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from unstuck.evidence.facts import Dynamics, Fit, Gradients, Layer, LayerGradient, Model, Step, Variable
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import bundle
from unstuck.rules.rule import cause

#: Per weight, the first layer hears a thousandth of what the last one hears.
RATIO = 1e-3

#: A step of a millionth of the weights is near the resolution of float32 (a ten-millionth).
STILL = 1e-6

#: Under a hundredth, the first layer takes a hundred times as many updates for the same distance.
#: That is looked at only where the slopes of the layers between can account for it.
FADED = 1e-2

#: The derivative of a sigmoid is p(1 - p), at most a quarter; these pass back no more than that.
QUARTERED = ("sigmoid", "hard_sigmoid")
STEEPEST = 0.25

#: Nearer to a quarter than to the whole by layer: half is the geometric mean of the two. The size of
#: the weights and of the inputs makes the measured gradient differ from the product of the slopes.
HALF = 0.5

#: A layer whose weights end within a hundredth of where they began computes what it was born with.
UNMOVED = 1e-2

#: Their weights are used in part (rare words) or have a size of their own (scale and shift).
NOT_COMPARED = (
    "Embedding",
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "Normalization",
)

#: Activations whose slope is under 1 everywhere or nearly so: each layer makes the gradient smaller.
FLAT_ACTIVATIONS = ("sigmoid", "hard_sigmoid", "tanh", "softsign", "softmax")


@cause(
    "vanishing-gradient",
    certainty="measured",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS),
    blames=("activation", "kernel_initializer"),
)
def vanishing_gradient(
    gradients: Gradients, dynamics: Dynamics | None, model: Model | None, fit: Fit | None
) -> Finding | None:
    """The gradient fades on its way back to the first layers.

    Why it looks stuck: on the way from the loss to the first layer the gradient is multiplied by
    each layer's slope (at most .25 for a sigmoid). After some layers hardly anything is left: the
    last layer learns on the random features that the first ones were born with. Unscaled inputs
    make the first layer's gradient larger, so that behind four sigmoids or more a ratio under a
    hundredth is suspected where all updates together did not move the first layer either.
    How it is proved: compare the gradient per weight of the first and the last layer; replace the
    activations by ReLU or add batch normalisation, and the ratio recovers and the loss falls.

    What decides: Compare the gradient norms of the first and the last layer; under 1 to 1,000 says yes.
    """
    compared = [layer for layer in gradients.layers if layer.kind not in NOT_COMPARED]
    if len(compared) < 2 or not 0 < compared[-1].rms < math.inf or not math.isfinite(compared[0].rms):
        return None
    first, last = compared[0], compared[-1]
    ratio = first.rms / last.rms
    hidden = model.layers[:-1] if model is not None else ()
    flat = [layer for layer in hidden if layer.activation in FLAT_ACTIVATIONS]
    moves = _moves(dynamics, first.name) if dynamics is not None else []
    # The length of all steps together; the way from the first weights to the last is no longer.
    path = fit.updates * median(moves) if fit is not None and fit.updates and moves else math.inf
    bound = RATIO
    if ratio >= RATIO:
        bound = _by_slopes(hidden)
        if path >= UNMOVED or ratio >= bound:
            return None
    if first.rms == 0.0 and not flat:
        # No gradient at all through ReLU: those units are dead, which is another cause.
        return None
    still = ratio < RATIO and bool(moves) and median(moves) < STILL
    text = f", and its steps are {median(moves):.2g} of its weights" if moves else ""
    if fit is not None and path < UNMOVED:
        text += f" (some {100 * path:.1g}% of them over all {fit.updates:,} updates)"
    return Finding(
        says=f"Per weight, the gradient is {first.rms:.2g} in the first layer ({first.name}) and "
        f"{last.rms:.2g} in the last ({last.name}), {ratio:.1g} of it{text}: the first "
        "layers learn next to nothing.",
        shows={"first": first.rms, "last": last.rms, "ratio": ratio, "bound": bound},
        where=first.place,
        certainty=Certainty.MEASURED if still else Certainty.SUSPECTED,
        remedies=_remedies(flat, model.layers if model is not None else ()),
    )


def _by_slopes(hidden: Sequence[Layer]) -> float:
    """The ratio under which sigmoids one behind the other speak for a fading gradient; 0.0 if too few."""
    depth = sum(layer.activation in QUARTERED for layer in hidden)
    return min(FADED, HALF**depth) if STEEPEST**depth <= FADED else 0.0


def _moves(dynamics: Dynamics, layer: str) -> list[float]:
    """The steps of a layer's largest weight array over its size, of the steps that were looked at."""
    held = [each for each in dynamics.variables if each.layer == layer and each.path in dynamics.trained]
    if not held:
        return []
    # Biases start at zero, so that a step is large against them whatever its size.
    k = dynamics.trained.index(max(held, key=lambda each: each.size).path)
    steps = (step for step in dynamics.steps if k < len(step.update_norms) and step.weight_norms[k] > 0)
    return [step.update_norms[k] / step.weight_norms[k] for step in steps]


def _remedies(flat: list[Layer], layers: Sequence[Layer]) -> tuple[Proposal, ...]:
    """Replace the flat hidden activations in one change, else advise.

    One expression that made several layers (a loop) is changed where all of them are to change.
    """
    others = {layer.place for layer in layers if layer not in flat}
    places = [
        replace(place, shared=False) if place not in others else place
        for place in dict.fromkeys(layer.place for layer in flat)
        if place is not None
    ]
    hidden = [propose("set-hidden-activation", place, activation="relu") for place in places]
    if not hidden:
        text = "Add batch normalisation between the layers, or make the model less deep."
        return (propose("advise", text=text),)
    initial = [propose("set-initialiser", place, initialiser="he_normal") for place in places]
    normalised = [propose("add-batch-normalisation", place) for place in places]
    text = "Make the model less deep, or add each layer's input to its output (a residual connection)."
    return (
        bundle(hidden),
        bundle([*hidden, *initial]),
        bundle(normalised),
        propose("advise", text=text),
    )


def _layers(*rms: float) -> Gradients:
    return Gradients(
        rows=64,
        layers=tuple(LayerGradient(name=f"dense_{k}", kind="Dense", rms=r) for k, r in enumerate(rms)),
    )


_DEEP = Model(layers=tuple(Layer(name=f"dense_{k}", activation="sigmoid") for k in range(8)))
vanishing_gradient.fires(_layers(1e-9, 1e-6, 1e-2), _DEEP)
vanishing_gradient.fires(_layers(1e-9, 1e-2), Dynamics(steps=(Step(),)))
vanishing_gradient.quiet(_layers(0.004, 0.006, 0.01), _DEEP)


def _steps(move: float) -> Dynamics:
    return Dynamics(
        variables=(Variable(path="dense_0/kernel", layer="dense_0", size=64),),
        trained=("dense_0/kernel",),
        steps=(Step(update_norms=(move,), weight_norms=(1.0,)),),
    )


_SIX = Model(layers=(*_DEEP.layers[:6], Layer(name="dense_6", activation="softmax")))
_SHORT = Fit(updates=138)
_FADING = _layers(1.5e-5, 1.2e-5, 2.3e-5, 9e-5, 4e-4, 1.6e-3, 1.1e-2)
vanishing_gradient.fires(_FADING, _steps(1.2e-6), _SHORT, _SIX)
vanishing_gradient.quiet(_FADING, _steps(1.2e-3), _SHORT, _SIX)  # Adam's steps do not fade with the gradient
vanishing_gradient.quiet(_FADING, _SHORT, _SIX)
vanishing_gradient.quiet(_FADING, _steps(1.2e-6), _SHORT, Model(layers=_SIX.layers[3:]))
vanishing_gradient.quiet(_layers(4e-3, 1e-2), _steps(1e-6), _SHORT, _DEEP)  # .4, far above what slopes leave
vanishing_gradient.quiet(_layers(0.0, 0.01), Model(layers=(Layer(activation="relu"),)))
vanishing_gradient.quiet(
    Gradients(layers=(LayerGradient(kind="Embedding", rms=1e-7), LayerGradient(kind="LSTM", rms=0.01)))
)


#: Under a thousandth, the first layer hardly moves while the last one learns.
_FAINT = 1e-3

#: What keeps the gradient's size from layer to layer.
_KEEPS = ("BatchNormalization", "LayerNormalization")


@vanishing_gradient.in_source("suspected")
def in_source(model: Model) -> Finding | None:
    """Sigmoids one behind the other, with nothing between them that keeps the gradient's size."""
    if not is_chain(model) or any(layer.kind in _KEEPS for layer in model.layers):
        return None
    flat = [layer for layer in model.layers[:-1] if layer.activation in QUARTERED and layer.units]
    left = STEEPEST ** len(flat)
    if left > _FAINT:
        return None
    places = dict.fromkeys(layer.place for layer in flat)
    return Finding(
        says=f"{len(flat)} sigmoid layers stand one behind the other, and each passes back at most a "
        f"quarter of the gradient (times its weights, about 1 at the start): {left:.2g} of it is left at "
        "the first.",
        shows={"layers": len(flat), "left": left, "bound": _FAINT},
        where=flat[0].place,
        remedies=(
            bundle([propose("set-hidden-activation", at=place, activation="relu") for place in places]),
        ),
    )


in_source.fires("""
hidden = [layers.Dense(32, "sigmoid") for _ in range(8)]
model = keras.Sequential([*hidden, layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
hidden = [layers.Dense(32, "sigmoid") for _ in range(2)]
model = keras.Sequential([*hidden, layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""")
in_source.quiet("""
model = keras.Sequential()
for _ in range(8):
    model.add(layers.Dense(32, "sigmoid"))
    model.add(layers.BatchNormalization())
model.add(layers.Dense(10, "softmax"))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""")
