"""The rule optimizer-not-as-intended."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "optimizer-not-as-intended",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, DIVERGES, "learning-rate-too-high", "learning-rate-too-low"),
    blames=("optimizer",),
)
def optimizer_not_as_intended(code: Code) -> Finding | None:
    """The optimizer that trains is not the one that was set up, or it starts afresh again and again.

    Why it looks stuck: an optimizer that compile does not get has no effect, and changing its learning rate
    changes nothing. And each compile begins with a new optimizer where it is given by name: averages of the
    gradients, step count and schedule start again.

    How it is proved: the source shows which object compile gets, and whether compile stands in a loop beside
    fit. Compiling again is in order where each round is meant as a training of its own, as in fine-tuning.

    What to do: pass the object: `compile(optimizer=optimizer)`; compile once, before the loop.
    """
    unused = next(iter(code.of("optimizer-unused")), None)
    if unused is not None:
        return _unused(unused)
    again = next(iter(code.of("compile-in-loop")), None)
    if again is None:
        return None
    return Finding(
        says="compile stands in the same loop as fit, and the model is made outside it: where the optimizer "
        "is made anew with it, its averages of the gradients, its step count and its schedule start afresh "
        "in each round, while the weights go on.",
        shows={"compile_in_loop": True},
        where=again.place,
        remedies=(propose("advise", text="Compile once, before the loop."),),
    )


def _unused(seen: Sighting) -> Finding:
    """An optimizer that was made for nothing."""
    name, used = seen.shows.get("name") or "An optimizer", seen.shows.get("used")
    instead = f"compile gets {used}" if used else "compile does not get it"
    return Finding(
        says=f"{name} is made here, but {instead}: its learning rate and all else it was given have no "
        "effect on the training.",
        shows={"made": name, "used": used},
        where=seen.place,
        # Beside another object it may be kept as an alternative.
        certainty=Certainty.PROVED if used and used[0] in "\"'" else Certainty.SUSPECTED,
        remedies=(propose("advise", text="Pass the object itself: compile(optimizer=...)."),),
    )


optimizer_not_as_intended.fires(
    Code(sightings=(Sighting(kind="optimizer-unused", shows={"name": "SGD", "used": '"adam"'}),))
)
optimizer_not_as_intended.fires(Code(sightings=(Sighting(kind="compile-in-loop"),)))
optimizer_not_as_intended.quiet(Code())
