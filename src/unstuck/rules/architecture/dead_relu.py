"""The rule dead-relu."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from unstuck.evidence.facts import Activity, Code, Layer, LayerActivity, Model, Optimizer, Place
from unstuck.judgement.findings import Certainty, Finding, Impact, Proposal, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.objective._common import bundle
from unstuck.rules.rule import cause

#: A layer with more than half of its units dead has less than half of the width that was asked for.
MOSTLY = 0.5

#: From here on next to nothing gets through.
NEARLY_ALL = 0.95

#: On fewer rows a unit that answers seldom looks dead.
FEWEST_ROWS = 64

RELUS = ("relu", "relu6")

#: Below this a row is more likely than not to be stopped before any training.
BORN_DEAD = 0.5


@cause(
    "dead-relu",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS, "model-too-small", "vanishing-gradient"),
    blames=("bias_initializer", "kernel_initializer"),
)
def dead_relu(activity: Activity, model: Model | None, optimizer: Optimizer | None) -> Finding | None:
    """The units of a ReLU layer are 0 on every row.

    Why it looks stuck: a ReLU that is negative for all rows outputs 0 and gets no gradient, so it never comes
    back. When all units of a layer are dead, every row gets the same prediction.

    How it is proved: the units that are exactly 0 on all sample rows are counted, behind a ReLU, a ReLU with
    a threshold, or a function of your own. Nearly all of them: nothing gets through. More than half of those
    of a ReLU: it may be what holds the model back.

    What to do: a lower learning rate, scaled inputs, or an activation with a slope below 0 (LeakyReLU). Many
    narrow layers are dead before the first step: each unit is 0 for half of the inputs, so a layer of n units
    stops a row with probability 2^-n. There, tanh with orthogonal weights in all of them keeps the size of
    what passes, or take fewer and wider layers.

    What decides: Print the share of zeros behind each hidden layer on 100 rows; 1.0 in one of them says yes.
    """
    if activity.rows < FEWEST_ROWS:
        return None
    relus = [each for each in activity.layers if each.units and _counts(each)]
    worst = max(relus, key=lambda each: max(each.dead, each.zero_rows), default=None)
    if worst is None or max(worst.dead, worst.zero_rows) <= MOSTLY:
        return None
    if worst.dead <= MOSTLY and worst.zero_rows <= NEARLY_ALL:
        return None
    blocked = max(worst.dead, worst.zero_rows) >= NEARLY_ALL
    units = "ReLU units" if _is_relu(worst) else "units"
    place = worst.place or _place(worst, model)
    layers = model.layers if model is not None else ()
    passing = _passing(layers)
    born = passing < BORN_DEAD
    return Finding(
        says=f"In {worst.name}, {percent(worst.dead)} of the {worst.units} {units} are 0 on all "
        f"{activity.rows:,} rows, and on {percent(worst.zero_rows)} of the rows all units are: what is 0 "
        "everywhere gets no gradient and stays 0." + (_stopped(layers, passing) if born else ""),
        shows={"layer": worst.name, "dead": worst.dead, "zero_rows": worst.zero_rows, "bound": MOSTLY}
        | ({"passing": passing} if born else {}),
        where=place,
        # Most units dead, and arithmetic that says why: no experiment is needed to tell.
        certainty=Certainty.MEASURED if blocked or born else Certainty.SUSPECTED,
        impact=Impact.BLOCKS if blocked else None,
        remedies=_remedies(worst, place, optimizer, _through_depth(layers) if born else []),
    )


def _counts(found: LayerActivity) -> bool:
    return _is_relu(found) or (found.activation == "custom" and found.dead >= NEARLY_ALL)


def _is_relu(found: LayerActivity) -> bool:
    return found.activation in RELUS


def _remedies(
    worst: LayerActivity, place: Place | None, optimizer: Optimizer | None, through_depth: list[Proposal]
) -> tuple[Proposal, ...]:
    if _is_relu(worst):
        return (*through_depth, *_of_layer(place, optimizer))
    text = (
        f"Print what goes into {worst.name} and what comes out on one batch: its function gives 0 for all of "
        "it. A threshold lets through only what lies above it (an upper bound is max_value), and what is "
        "multiplied by weights that are 0 and do not train stays 0."
    )
    return (propose("advise", at=place, text=text),)


def _of_layer(place: Place | None, optimizer: Optimizer | None) -> list[Proposal]:
    """What cures a single layer."""
    remedies = [propose("set-hidden-activation", at=place, activation="leaky_relu")]
    if optimizer is not None:
        rate = optimizer.learning_rate / 10.0
        where = optimizer.place or optimizer.compile_place
        remedies.append(propose("set-learning-rate", at=where, value=rate))
    return [*remedies, propose("set-hidden-activation", at=place, activation="silu")]


def _place(found: LayerActivity, model: Model | None) -> Place | None:
    layer = next((each for each in (model.layers if model else ()) if each.name == found.name), None)
    return layer.place if layer else None


def _narrow(layers: Sequence[Layer]) -> list[Layer]:
    """The hidden dense ReLU layers, of which each can stop a row."""
    hidden = layers[:-1]
    return [each for each in hidden if each.activation in RELUS and each.kind == "Dense" and each.units]


def _passing(layers: Sequence[Layer]) -> float:
    """The probability that a row gets through all ReLU layers before any training.

    With weights drawn symmetrically around 0 and biases of 0 each of n units is 0 with probability 1/2,
    all of them with 2^-n (Lu, Shin, Su and Karniadakis 2020, "Dying ReLU and initialization").
    """
    return math.prod(1.0 - 2.0 ** -(each.units or 1) for each in _narrow(layers))


def _stopped(layers: Sequence[Layer], passing: float) -> str:
    """The same as a sentence."""
    narrow = _narrow(layers)
    least = min(each.units or 1 for each in narrow)
    return (
        f" With fresh weights a layer of {least} ReLU units is 0 for a row with probability 1/2^{least}; "
        f"through all {len(narrow)} such layers a row comes with probability {passing:.2g}."
    )


def _through_depth(layers: Sequence[Layer]) -> list[Proposal]:
    """All ReLU layers at once: tanh with orthogonal weights, which keep the length of what passes.

    Orthogonal weights and an activation of slope 1 at 0 pass values and gradients through any depth; no ReLU
    network does (Pennington, Schoenholz and Ganguli 2017, "Resurrecting the sigmoid"). A call that made other
    layers as well is left to the user.
    """
    narrow = _narrow(layers)
    others = {each.place for each in layers if each not in narrow}
    places = [
        replace(place, shared=False) if place not in others else place
        for place in dict.fromkeys(each.place for each in narrow)
        if place is not None
    ]
    activations = [propose("set-hidden-activation", at=place, activation="tanh") for place in places]
    weights = [propose("set-initialiser", at=place, initialiser="orthogonal") for place in places]
    return [bundle([*activations, *weights])] if places else []


dead_relu.fires(  # a ReLU with a threshold that no value passes
    Activity(
        rows=256,
        layers=(
            LayerActivity(name="cut", kind="ReLU", activation="custom", units=32, dead=1.0, zero_rows=1.0),
        ),
    )
)
dead_relu.quiet(  # a mask of the user's own, which lets half of the units through
    Activity(rows=256, layers=(LayerActivity(name="half", activation="custom", units=32, dead=0.6),))
)
dead_relu.fires(
    Activity(
        rows=256, layers=(LayerActivity(name="dense", activation="relu", units=16, dead=1.0, zero_rows=1.0),)
    )
)
dead_relu.fires(
    Activity(rows=256, layers=(LayerActivity(name="dense", activation="relu", units=64, dead=0.7),)),
    Model(layers=(Layer(name="dense", activation="relu", units=64),)),
)
dead_relu.fires(
    Activity(
        rows=256, layers=(LayerActivity(name="deep_9", activation="relu", units=3, dead=1.0, zero_rows=1.0),)
    ),
    Model(layers=tuple(Layer(name=f"deep_{k}", activation="relu", units=3) for k in range(10))),
)
dead_relu.quiet(
    Activity(rows=256, layers=(LayerActivity(name="dense", activation="relu", units=64, dead=0.2),))
)
dead_relu.quiet(
    Activity(rows=8, layers=(LayerActivity(name="dense", activation="relu", units=64, dead=0.7),))
)
dead_relu.quiet(Activity(rows=256, layers=(LayerActivity(name="drop", activation=None, units=64, dead=1.0),)))


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
        "adds up has a standard deviation of about 1, so it stays below 0, where a ReLU sends no gradient "
        "back.",
        shows={"bias": value, "bound": _DROWNS},
        where=found[0].place,
        remedies=(propose("advise", text="Leave the biases at 0, as Keras starts them."),),
    )


in_source.fires("""
low = keras.initializers.Constant(-10.0)
model = keras.Sequential([layers.Dense(64, "relu", bias_initializer=low), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.quiet("""
high = keras.initializers.Constant(0.1)
model = keras.Sequential([layers.Dense(64, "relu", bias_initializer=high), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""")
