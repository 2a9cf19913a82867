"""The rule weights-put-back."""

from __future__ import annotations

from unstuck.evidence.facts import Dynamics, Fit, Place, Step, Variable
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause


@cause(
    "weights-put-back",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        VALIDATION_APART,
        "accuracy-contradicts-predictions",
        "decisions-do-not-change",
        "frozen-layers",
        "training-mode-gap",
    ),
)
def weights_put_back(dynamics: Dynamics, fit: Fit | None) -> Finding | None:
    """Steps moved the weights, and when fit ended they were those of the start.

    Why it looks stuck: the loss falls from batch to batch while it trains, and what evaluate and predict use
    afterwards is the untrained network: a callback sets the weights back to a copy that it took at the start.

    How it is proved: around single steps the weights changed; those at the end of fit are bit for bit those
    at its start.

    What to do: restart the learning rate or the optimizer, not the weights, and keep the weights of the best
    epoch. It is in order where a fit only tries learning rates and is to leave nothing behind.

    What decides: Compare model.get_weights() before and after fit; equal arrays, with a loss that fell, say
    yes.
    """
    held = [
        each for each in dynamics.variables if each.in_optimizer and each.trainable and each.moved is not None
    ]
    steps = sum(any(step.update_norms) for step in dynamics.steps)
    if not held or not steps or any(each.moved for each in held):
        return None
    size, place = sum(each.size for each in held), fit.sets_weights_at if fit is not None else None
    where = " A callback of the program's own gives the model other weights." if place is not None else ""
    each = "the one step" if steps == 1 else f"each of {steps} steps"
    return Finding(
        says=f"All {size:,} weights that the optimizer holds are bit for bit those of the start, and yet "
        f"{each} looked at moved them: they were set back.{where}",
        shows={"weights": size, "moved": 0.0, "steps": steps},
        where=place or (fit.place if fit is not None else None),
        remedies=(
            propose(
                "advise",
                at=place,
                text="Do not set the weights back to the copy that was taken at the start: restart the "
                "learning rate alone, or give back the weights of the best epoch. Where the fit is only to "
                "try learning rates, this is as it should be.",
            ),
        ),
    )


_MOVED = Step(update_norms=(0.3,), weight_norms=(4.0,))
_STILL = Variable(path="head/kernel", layer="head", size=640, moved=0.0)
weights_put_back.fires(Dynamics(variables=(_STILL,), trained=("head/kernel",), steps=(_MOVED,)))
weights_put_back.fires(
    Dynamics(variables=(_STILL,), trained=("head/kernel",), steps=(_MOVED,)),
    Fit(sets_weights_at=Place(file="train.py", line=26)),
)
weights_put_back.quiet(  # nothing ever moved
    Dynamics(variables=(_STILL,), trained=("head/kernel",), steps=(Step(update_norms=(0.0,)),))
)
weights_put_back.quiet(  # the weights of the best epoch are given back
    Dynamics(
        variables=(Variable(path="head/kernel", layer="head", size=640, moved=0.2),),
        trained=("head/kernel",),
        steps=(_MOVED,),
    )
)
