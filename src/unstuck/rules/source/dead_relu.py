"""What dead-relu sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.architecture.dead_relu import dead_relu

#: On inputs of unit size, what a unit adds up has a standard deviation of about 1 with Keras's default
#: weights: a bias of -5 leaves it above 0 on three rows in ten million.
_DROWNS = -5.0


@dead_relu.in_source("suspected")
def in_source(code: Code) -> Finding | None:
    """ReLU units whose biases start far below 0."""
    found = [
        each
        for each in code.of("initialiser")
        if each.shows.get("parameter") == "bias"
        and each.shows.get("activation") in ("relu", "relu6")
        and each.shows.get("name") == "Constant"
        and (each.shows.get("value") or 0.0) <= _DROWNS
    ]
    if not found:
        return None
    value = found[0].shows["value"]
    return Finding(
        says=f"The biases of a ReLU layer start at {value:g}: on inputs of about unit size what a unit "
        "adds up has "
        "a standard deviation of about 1, so it stays below 0, where a ReLU sends no gradient back.",
        shows={"bias": value, "bound": _DROWNS},
        where=found[0].place,
        remedies=(propose("advise", text="Leave the biases at 0, as Keras starts them."),),
    )


def _bias(value: float) -> Code:
    shows = {"parameter": "bias", "activation": "relu", "name": "Constant", "value": value}
    return Code(sightings=(Sighting(kind="initialiser", shows=shows),))


in_source.fires(_bias(-10.0))
in_source.quiet(_bias(0.1))
