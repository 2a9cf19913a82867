"""The rule repeated-or-empty-batches."""

from __future__ import annotations

from unstuck.evidence.facts import Batches, Code, Fit, Sighting
from unstuck.judgement.findings import Blame, Certainty, Finding, propose
from unstuck.rules.families import LEARNING_ENDS, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: Two or three equal batches may be an epoch of few rows.
FEWEST_SEEN = 4


@cause(
    "repeated-or-empty-batches",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNING_ENDS, VALIDATION_APART, "accuracy-stays-low", "overfitting"),
)
def repeated_or_empty_batches(code: Code | None, fit: Fit | None, batches: Batches | None) -> Finding | None:
    """A generator gives the same rows in every round.

    Why it looks stuck: each step sees one and the same batch. The model knows these rows by heart soon, the
    training accuracy is 1.0 after an epoch or two, and nothing is learned about all other rows.

    How it is proved: what the generator yields in its loop does not depend on the round, nor on anything
    random. It is measured where the batches of the first epoch were seen and all are copies of one. It is in
    order where these rows are all there are.

    What to do: take other rows in each round: an index that moves on, or a random draw.

    What decides: Count the rows that one epoch of the generator gives, twice in a row.
    """
    seen = next(iter(code.of("generator-stands-still")), None) if code is not None else None
    same = batches is not None and batches.how == "seen" and _are_one(batches)
    if seen is None and not same:
        return None
    steps, place = (fit.steps_per_epoch, fit.place) if fit is not None else (None, None)
    each = f"all {steps:,} steps of an epoch" if steps and steps > 1 else "all steps"
    watched = (
        f" All {batches.seen} batches that were looked at are copies of one." if same and batches else ""
    )
    return Finding(
        says=f"The generator yields the same rows in every round: {each} train on one batch. Unless these "
        f"are all the rows there are, the others are never seen.{watched}",
        shows={"distinct_batches": 1, "steps_per_epoch": steps},
        where=seen.place if seen is not None else place,
        blamed=(Blame(at=place, names=("batches",)),) if seen is None and place is not None else (),
        certainty=Certainty.MEASURED if same else None,
        remedies=(
            propose(
                "advise",
                text="Yield other rows in each round: draw them with rng.integers(len(x), size=batch_size), "
                "or go through a new permutation in each epoch.",
            ),
            propose("advise", text="Pass the arrays themselves to fit: it makes and shuffles the batches."),
        ),
    )


def _are_one(batches: Batches) -> bool:
    """Whether enough batches of one epoch were seen, and each is a copy of the first."""
    return batches.seen >= FEWEST_SEEN and batches.distinct * batches.seen < 1.5


_STILL = Code(sightings=(Sighting(kind="generator-stands-still"),))

repeated_or_empty_batches.fires(_STILL, Fit(data="generator", steps_per_epoch=50))
repeated_or_empty_batches.fires(_STILL)
repeated_or_empty_batches.fires(Fit(data="generator", steps_per_epoch=50), Batches(seen=16, distinct=1 / 16))
repeated_or_empty_batches.quiet(Code(), Fit(data="generator", steps_per_epoch=50))
repeated_or_empty_batches.quiet(Fit(data="generator"), Batches(seen=2, distinct=0.5))
repeated_or_empty_batches.quiet(Fit(data="arrays"), Batches(seen=16, distinct=1 / 16, how="order"))
