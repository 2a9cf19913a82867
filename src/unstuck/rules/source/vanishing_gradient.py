"""What vanishing-gradient sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Layer, Model
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.objective._common import bundle
from unstuck.rules.optimisation.vanishing_gradient import QUARTERED, STEEPEST, vanishing_gradient

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
        "quarter of "
        f"the gradient (times its weights, about 1 at the start): {left:.2g} of it is left at the first.",
        shows={"layers": len(flat), "left": left, "bound": _FAINT},
        where=flat[0].place,
        remedies=(
            bundle([propose("set-hidden-activation", at=place, activation="relu") for place in places]),
        ),
    )


_SIGMOID = Layer(activation="sigmoid", units=32)
_OUTPUT = Layer(activation="softmax", units=10)
in_source.fires(Model(layers=(*[_SIGMOID] * 8, _OUTPUT)))
in_source.quiet(Model(layers=(_SIGMOID, _SIGMOID, _OUTPUT)))
in_source.quiet(Model(layers=(*[_SIGMOID, Layer(kind="BatchNormalization")] * 8, _OUTPUT)))
