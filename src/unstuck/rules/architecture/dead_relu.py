"""The rule dead-relu."""

from __future__ import annotations

from unstuck.evidence.facts import Activity, Layer, LayerActivity, Model, Optimizer, Place
from unstuck.findings import Certainty, Finding, Impact, propose
from unstuck.rules.bounds import percent
from unstuck.rules.objective._common import NO_DECISION
from unstuck.rules.rule import cause

#: A layer with more than half of its units dead has less than half of the width that was asked for.
MOSTLY = 0.5

#: From here on next to nothing gets through.
NEARLY_ALL = 0.95

#: On fewer rows a unit that answers seldom looks dead.
FEWEST_ROWS = 64

RELUS = ("relu", "relu6")


@cause(
    "dead-relu",
    certainty="suspected",
    impact="harms",
    explains=(
        "accuracy-stands-still",
        "accuracy-stays-low",
        *NO_DECISION,
        "learning-slow",
        "loss-falls-accuracy-does-not",
        "model-too-small",
        "vanishing-gradient",
    ),
)
def dead_relu(activity: Activity, model: Model | None, optimizer: Optimizer | None) -> Finding | None:
    """The units of a ReLU layer are 0 on every row.

    Why it looks stuck: a ReLU that is negative for all rows outputs 0 and gets no gradient, so it never comes
    back. When all units of a layer are dead, every row gets the same prediction.

    How it is proved: the units that are exactly 0 on all sample rows are counted. Nearly all of them: nothing
    gets through. More than half: it may be what holds the model back.

    What to do: a lower learning rate, scaled inputs, or an activation with a slope below 0 (LeakyReLU).
    """
    if activity.rows < FEWEST_ROWS:
        return None
    relus = [each for each in activity.layers if each.activation in RELUS and each.units]
    worst = max(relus, key=lambda each: max(each.dead, each.zero_rows), default=None)
    if worst is None or max(worst.dead, worst.zero_rows) <= MOSTLY:
        return None
    if worst.dead <= MOSTLY and worst.zero_rows <= NEARLY_ALL:
        return None
    blocked = max(worst.dead, worst.zero_rows) >= NEARLY_ALL
    place = worst.place or _place(worst, model)
    remedies = [propose("set-hidden-activation", at=place, activation="leaky_relu")]
    if optimizer is not None:
        rate = optimizer.learning_rate / 10.0
        remedies.append(
            propose("set-learning-rate", at=optimizer.place or optimizer.compile_place, value=rate)
        )
    remedies.append(propose("set-hidden-activation", at=place, activation="silu"))
    return Finding(
        says=f"In {worst.name}, {percent(worst.dead)} of the {worst.units} ReLU units are 0 on all "
        f"{activity.rows:,} rows, and on {percent(worst.zero_rows)} of the rows all units are: what is 0 "
        "everywhere gets no gradient and stays 0.",
        shows={"layer": worst.name, "dead": worst.dead, "zero_rows": worst.zero_rows, "bound": MOSTLY},
        where=place,
        certainty=Certainty.MEASURED if blocked else Certainty.SUSPECTED,
        impact=Impact.BLOCKS if blocked else None,
        remedies=tuple(remedies),
    )


def _place(found: LayerActivity, model: Model | None) -> Place | None:
    layer = next((each for each in (model.layers if model else ()) if each.name == found.name), None)
    return layer.place if layer else None


dead_relu.fires(
    Activity(
        rows=256, layers=(LayerActivity(name="dense", activation="relu", units=16, dead=1.0, zero_rows=1.0),)
    )
)
dead_relu.fires(
    Activity(rows=256, layers=(LayerActivity(name="dense", activation="relu", units=64, dead=0.7),)),
    Model(layers=(Layer(name="dense", activation="relu", units=64),)),
)
dead_relu.quiet(
    Activity(rows=256, layers=(LayerActivity(name="dense", activation="relu", units=64, dead=0.2),))
)
dead_relu.quiet(
    Activity(rows=8, layers=(LayerActivity(name="dense", activation="relu", units=64, dead=0.7),))
)
dead_relu.quiet(Activity(rows=256, layers=(LayerActivity(name="drop", activation=None, units=64, dead=1.0),)))
