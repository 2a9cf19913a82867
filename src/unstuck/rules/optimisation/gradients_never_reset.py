"""The rule gradients-never-reset."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Place, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "gradients-never-reset",
    certainty="suspected",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        DIVERGES,
        "dead-relu",
        "exploding-gradient",
        "learning-rate-too-high",
        "nan-loss",
        "saturated-divergence",
        "too-few-updates",
    ),
)
def gradients_never_reset(code: Code) -> Finding | None:
    """A training step of the user's own adds each batch's gradient to those of all batches before.

    Why it looks stuck: in torch, `loss.backward()` adds to the gradient that a weight already holds. Neither
    Keras's optimizers nor torch's take it away after an update. Without a reset the tenth step goes along the
    sum of ten gradients: steps grow, go on in a direction that was right long ago, and the loss rises after a
    good start.

    How it is proved: `train_step` calls `backward()` and applies the gradients, and nothing in its file
    resets one: no `zero_grad`, no gradient set to None or to 0. A reset in another file would not be seen, so
    it is suspected.

    What to do: `self.zero_grad()` before `loss.backward()`, in every step.

    What decides: Print the norm of the gradient at steps 1, 10 and 100. It grows with the number of the step:
    yes.
    """
    for seen in code.of("backward-without-reset"):
        return Finding(
            says="train_step calls backward(), which adds to the gradients that the weights hold, and "
            "nothing in this file resets them: each step goes along the sum of the gradients of all batches "
            "so far.",
            where=seen.place,
            remedies=(
                propose(
                    "advise", at=seen.place, text="Call self.zero_grad() before backward() in each step."
                ),
            ),
        )
    return None


gradients_never_reset.fires(
    Code(sightings=(Sighting(kind="backward-without-reset", place=Place(file="train.py", line=18)),))
)
gradients_never_reset.quiet(Code())
gradients_never_reset.quiet(Code(sightings=(Sighting(kind="tape-without-training"),)))
