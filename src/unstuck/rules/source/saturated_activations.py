"""What saturated-activations sees in source."""

from __future__ import annotations

from math import sqrt

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.architecture.saturated_activations import saturated_activations

#: What flattens out on both sides.
_FLAT = ("tanh", "sigmoid")

#: Keras's default kernels have a standard deviation of at most about .3; weights of 2 and more put a
#: sum of a few inputs of unit size beyond 3, where tanh has lost 99% of its slope.
_WIDE = 2.0


@saturated_activations.in_source("suspected")
def in_source(code: Code) -> Finding | None:
    """Flat activations upon very wide initial weights."""
    found = [
        each
        for each in code.of("initialiser")
        if each.shows.get("parameter") == "kernel"
        and each.shows.get("activation") in _FLAT
        and each.shows.get("name") in ("RandomNormal", "TruncatedNormal")
        and (each.shows.get("value") or 0.0) >= _WIDE
    ]
    if not found:
        return None
    shows = found[0].shows
    reads = shows.get("fan_in")
    sums = (
        f", so that {reads} inputs of unit size add up to about {shows['value'] * sqrt(reads):.3g}"
        if reads
        else ""
    )
    return Finding(
        says=f"The weights under a {shows['activation']} start with a standard deviation of "
        f"{shows['value']:g}{sums}: "
        "there the activation is flat, and hardly any gradient comes back.",
        shows={"deviation": shows["value"], "bound": _WIDE},
        where=found[0].place,
        remedies=(propose("set-initialiser", at=found[0].place, initialiser="glorot_uniform"),),
    )


def _kernel(value: float) -> Code:
    shows = {
        "parameter": "kernel",
        "activation": "tanh",
        "name": "RandomNormal",
        "value": value,
        "fan_in": None,
    }
    return Code(sightings=(Sighting(kind="initialiser", shows=shows),))


in_source.fires(_kernel(8.0))
in_source.quiet(_kernel(0.05))
