"""Recurrent weights that start so large that the state grows with every time step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from unstuck.evidence.facts import Dynamics, Layer, Model, Place, Variable
from unstuck.judgement.findings import Proposal, propose

#: The share of the mean square that gets through, by activations that set no upper bound: a ReLU
#: passes half of values that are symmetric around 0 (He et al. 2015).
PASSED = {"relu": 0.5, "linear": 1.0}

#: As the gradient's own bound: three orders of magnitude over a row.
GROWTH = 1e3


@dataclass(frozen=True)
class Growth:
    """By how much the state of a recurrent layer grows at the start: `gain` a step, over `steps`.

    `place` is where the layer is made.
    """

    layer: Layer
    gain: float
    steps: int
    place: Place | None = None

    @property
    def whole(self) -> float:
        """Over all steps of a row; infinite where that is no number any more."""
        decades = self.steps * math.log10(self.gain)
        return 10.0**decades if decades < 300 else math.inf

    @property
    def says(self) -> str:
        """A sentence with its arithmetic, to follow another."""
        return (
            f" {self.layer.name} starts with recurrent weights that make its state {self.gain:.3g} times as "
            f"long in each time step: {self.whole:.2g} times over {self.steps:,} steps."
        )

    @property
    def remedies(self) -> tuple[Proposal, ...]:
        """Weights that keep the length of the state."""
        return (
            propose(
                "set-initialiser", at=self.place, initialiser="orthogonal", argument="recurrent_initializer"
            ),
        )


def growth_of(model: Model | None, dynamics: Dynamics) -> Growth | None:
    """The layer whose state grows by orders of magnitude before any training; None without one.

    A matrix W of n by n takes a vector of random direction to |W|_F / sqrt(n) of its length on
    average (Frobenius norm, root mean square); an orthogonal one to exactly 1.
    """
    found = []
    layers = model.layers if model is not None else ()
    for layer in layers:
        kernel = _recurrent_kernel(layer, dynamics)
        steps = layer.input_shape[0] if layer.input_shape and len(layer.input_shape) == 2 else None
        if kernel is None or not steps or layer.activation not in PASSED:
            continue
        gain = kernel.initial_norm / kernel.size**0.25 * math.sqrt(PASSED[layer.activation])
        if gain > 1.0:
            found.append(Growth(layer, gain, steps, _made_at(layer, layers)))
    worst = max(found, key=lambda each: each.whole, default=None)
    return worst if worst is not None and worst.whole >= GROWTH else None


def _made_at(layer: Layer, layers: Sequence[Layer]) -> Place | None:
    """The layer's place, with which all that was made there may change where it is of one kind.

    The layer and the cell inside it come from one call, as do those of a loop.
    """
    same = {each.kind for each in layers if each.place == layer.place}
    if layer.place is None or not same <= {"SimpleRNN", "SimpleRNNCell"}:
        return layer.place
    return replace(layer.place, shared=False)


def _recurrent_kernel(layer: Layer, dynamics: Dynamics) -> Variable | None:
    """The weights that take the state of a plain recurrent layer to the next step."""
    if layer.kind != "SimpleRNN":
        return None  # the gates of the others bound their state
    held = (
        each
        for each in dynamics.variables
        if each.path.endswith("recurrent_kernel") and layer.name in (each.layer, *each.path.split("/"))
    )
    return next((each for each in held if math.isfinite(each.initial_norm)), None)
