"""The rule saturated-activations."""

from __future__ import annotations

from math import sqrt

from unstuck.evidence.facts import Activity, Code, Head, LayerActivity
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: The slope of tanh at .99 is .02, of a sigmoid .01: with four fifths of a layer out there, at most a
#: fifth of it still passes a gradient of any size.
MOSTLY = 0.8


@cause(
    "saturated-activations",
    certainty="measured",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS, "learning-rate-too-low", "vanishing-gradient"),
    blames=("kernel_initializer", "activation"),
)
def saturated_activations(activity: Activity, head: Head | None) -> Finding | None:
    """A hidden layer's tanh or sigmoid, or a function like them, sits on its bounds.

    Why it looks stuck: near its bounds the activation is flat. The layer answers the same for many rows, and
    the gradient that it passes on is close to 0, so the layers before it do not learn.

    How it is proved: the values beyond .99 of the bound are counted over the sample rows. The bounds of a
    function of your own are the ends of its range, where both hold many values and some lie between them.

    What to do: scale the inputs, lower the learning rate, or take ReLU.

    What decides: Print the share of hidden outputs beyond .99 of the bound on 100 rows.
    """
    output = head.layer.name if head and head.layer else activity.layers[-1].name if activity.layers else ""
    hidden = [each for each in activity.layers if each.name != output]
    worst = max(hidden, key=lambda each: each.saturated, default=None)
    if worst is None or worst.saturated <= MOSTLY:
        return None
    return Finding(
        says=f"In {worst.name}, {percent(worst.saturated)} of the values lie within a hundredth of the "
        f"bounds of {_function(worst)}, where it is flat: hardly any gradient gets through to the layers "
        "before.",
        shows={"layer": worst.name, "saturated": worst.saturated, "bound": MOSTLY},
        where=worst.place,
        remedies=(_cure(worst),),
    )


def _is_own(found: LayerActivity) -> bool:
    return found.activation == "custom"


def _function(found: LayerActivity) -> str:
    return (found.kind or "its function") if _is_own(found) else str(found.activation)


def _cure(found: LayerActivity) -> Proposal:
    if _is_own(found):
        text = (
            f"Let smaller numbers into {found.name}, or give its function a smaller slope: most of its "
            "values should lie between the bounds."
        )
        return propose("advise", at=found.place, text=text)
    return propose("set-hidden-activation", at=found.place, activation="relu")


saturated_activations.fires(
    Activity(
        rows=256,
        layers=(
            LayerActivity(name="steep", kind="Steep", activation="custom", units=48, saturated=0.93),
            LayerActivity(name="output", units=1),
        ),
    )
)
saturated_activations.fires(
    Activity(
        rows=256,
        layers=(
            LayerActivity(name="hidden", activation="tanh", units=32, saturated=0.97),
            LayerActivity(name="output", activation="sigmoid", units=1, saturated=0.2),
        ),
    )
)
saturated_activations.quiet(  # a sure output is no fault
    Activity(
        rows=256,
        layers=(
            LayerActivity(name="hidden", activation="relu", units=32),
            LayerActivity(name="output", activation="sigmoid", units=1, saturated=0.99),
        ),
    )
)
saturated_activations.quiet(
    Activity(
        rows=256,
        layers=(
            LayerActivity(name="hidden", activation="tanh", units=32, saturated=0.3),
            LayerActivity(name="output", activation="sigmoid", units=1),
        ),
    )
)


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
        f"{shows['value']:g}{sums}: there the activation is flat, and hardly any gradient comes back.",
        shows={"deviation": shows["value"], "bound": _WIDE},
        where=found[0].place,
        remedies=(propose("set-initialiser", at=found[0].place, initialiser="glorot_uniform"),),
    )


in_source.fires("""
drawn = keras.initializers.RandomNormal(stddev=8.0)
model = keras.Sequential([layers.Dense(64, "tanh", kernel_initializer=drawn), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.quiet("""
drawn = keras.initializers.RandomNormal(stddev=0.05)
model = keras.Sequential([layers.Dense(64, "tanh", kernel_initializer=drawn), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""")
