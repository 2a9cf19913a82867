"""The rule half-precision-underflow."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Code, Dynamics, Optimizer, Sighting, Step, Variable
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DIVERGES, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: float16: the smallest normal number, the smallest one of all, and the relative step between neighbours.
SMALLEST_NORMAL = 2.0**-14  # 6.1e-5
SMALLEST = 2.0**-24  # 6.0e-8
STEP = 2.0**-10

#: What Keras's optimizers add to a denominator, and its losses take from a probability of 1.
EPSILON = 1e-7

#: Optimizers that divide by the root of an average of squared gradients.
SQUARES = frozenset({"Adam", "AdamW", "Nadam", "RMSprop", "Adagrad", "Adadelta", "Lamb"})

#: Adam adds .001 g^2 to that average in a step. Half of the smallest number is rounded to 0, so gradients
#: up to sqrt(SMALLEST / 2 / .001) leave no trace in it.
LOST_GRADIENT = (SMALLEST / 2 / 0.001) ** 0.5  # 5.5e-3

#: What rounding to float16 may add to a step: its numbers are right to a thousandth, so twice is far beyond.
ROUNDING = 2.0


@cause(
    "half-precision-underflow",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        DIVERGES,
        "exploding-gradient",
        "learning-rate-too-high",
        "learning-rate-too-low",
        "nan-loss",
        "saturated-divergence",
        "vanishing-gradient",
    ),
    blames=("policy",),
)
def half_precision_underflow(
    code: Code, optimizer: Optimizer | None, dynamics: Dynamics | None
) -> Finding | None:
    """All numbers are float16, too coarse for what an optimizer counts with.

    Why it looks stuck: float16 ends at 6.0e-8 below, has its full precision only above 6.1e-5, and next to 1
    its neighbours are .001 apart. Adam keeps averages of squared gradients: gradients under .0055 vanish from
    them, and what is left to divide by is epsilon, 1e-7. Steps get hundreds of times too long, or the loss
    NaN. With plain SGD, steps shorter than 1/2048 of a weight are rounded away.

    How it is proved: the policy stands in the source ("float16", which keeps the weights so too), and the
    bounds are those of the format. "mixed_float16" is another thing: weights and averages are float32, and
    the loss is scaled up. How many gradients are that small depends on the model and the data. Adam's first
    step moves each weight by the learning rate and no further (Kingma and Ba 2015, section 2.1): one that
    was longer was made of rounded numbers.

    What to do: `keras.mixed_precision.set_global_policy("mixed_float16")`, or "mixed_bfloat16"; where float16
    must be, an epsilon of 1e-4.

    What decides: Train one epoch with the dtype policy "float32"; figures that move say yes.
    """
    seen = next((each for each in code.of("precision") if each.shows.get("policy") == "float16"), None)
    if seen is None:
        return None
    name = optimizer.name if optimizer is not None else None
    squares = name in SQUARES
    epsilon = optimizer.epsilon if optimizer is not None else None
    if squares and epsilon is not None and epsilon >= SMALLEST_NORMAL:
        return None
    shows: dict[str, object] = {"policy": "float16", "smallest_normal": SMALLEST_NORMAL, "smallest": SMALLEST}
    says = "The global format is float16 for the weights, too. "
    remedies = [
        propose(
            "advise",
            text='Set the policy "mixed_float16" or "mixed_bfloat16" in place of "float16": the weights and '
            "what the optimizer keeps are float32 then.",
        )
    ]
    if squares:
        added = EPSILON if epsilon is None else epsilon
        zero = added <= SMALLEST / 2
        shows |= {"epsilon": added, "gradients_lost_up_to": LOST_GRADIENT if name == "Adam" else None}
        lost = (
            f"gradients under {LOST_GRADIENT:.2g} vanish from"
            if "Adam" in (name or "")
            else "small gradients vanish from"
        )
        says += (
            f"{name} divides by the root of an average of squared gradients; {lost} it, as float16 ends at "
            f"{SMALLEST:.1e}, and its epsilon, {added:g}, "
            + ("is 0 there" if zero else f"lies below the smallest normal number, {SMALLEST_NORMAL:.1e}")
            + ". Steps get far too long."
        )
        remedies.append(propose("advise", text=f"Give {name} epsilon=1e-4, if float16 must stay."))
    else:
        says += (
            f"Steps under {STEP / 2:.2g} of a weight are rounded away, and gradients under "
            f"{SMALLEST / 2:.1e} are 0."
        )
    longer = _longer_than_possible(name, dynamics)
    if longer is not None:
        moved, possible = longer
        shows |= {"first_step": moved, "longest_possible": possible}
        says += f" The first step was {moved:.3g} long; with exact numbers it cannot exceed {possible:.3g}."
    return Finding(
        says=says,
        shows=shows,
        where=seen.place,
        certainty=Certainty.MEASURED if longer is not None else None,
        remedies=tuple(remedies),
    )


def _longer_than_possible(name: str | None, dynamics: Dynamics | None) -> tuple[float, float] | None:
    """The length of Adam's first step and the bound that it broke: the rate times the root of how many
    numbers it moved. None where it kept to the bound or was not seen.
    """
    if name != "Adam" or dynamics is None:
        return None
    first = next((step for step in dynamics.steps if step.number == 1), None)
    sizes = {variable.path: variable.size for variable in dynamics.variables}
    if first is None or first.learning_rate is None or not sizes.keys() >= set(dynamics.trained):
        return None
    possible = first.learning_rate * math.sqrt(sum(sizes[path] for path in dynamics.trained))
    moved = math.hypot(*first.update_norms)
    return (moved, possible) if moved > ROUNDING * possible else None


def _policy(policy: str) -> Code:
    return Code(sightings=(Sighting(kind="precision", shows={"policy": policy}),))


half_precision_underflow.fires(_policy("float16"), Optimizer(name="Adam"))
half_precision_underflow.fires(_policy("float16"), Optimizer(name="Adam", epsilon=1e-8))
half_precision_underflow.fires(_policy("float16"), Optimizer(name="SGD"))
half_precision_underflow.fires(_policy("float16"))
half_precision_underflow.fires(
    _policy("float16"),
    Optimizer(name="Adam"),
    Dynamics(
        variables=(Variable(path="dense/kernel", size=100),),
        trained=("dense/kernel",),
        steps=(Step(number=1, learning_rate=0.001, update_norms=(3.0,)),),
    ),
)
half_precision_underflow.quiet(_policy("float16"), Optimizer(name="Adam", epsilon=1e-4))
half_precision_underflow.quiet(_policy("mixed_float16"), Optimizer(name="Adam"))
half_precision_underflow.quiet(_policy("float32"), Optimizer(name="Adam", epsilon=1e-8))
half_precision_underflow.quiet(Code())
