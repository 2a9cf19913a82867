"""The rule leakage."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNING_ENDS
from unstuck.rules.rule import cause


@cause(
    "leakage",
    certainty="suspected",
    impact="misleads",
    explains=(LEARNING_ENDS, "loss-does-not-fall"),
)
def leakage(code: Code) -> Finding | None:
    """Rows that judge the model have trained it: its weights are kept from fold to fold.

    Why it looks stuck: in a cross-validation the rows that judge one fold trained the folds before. A model
    that goes from fold to fold knows them already: its score rises from fold to fold up to 1.0, its training
    begins where the last one ended and hardly moves, and new data get a far lower score.

    How it is proved: fit stands in the loop over the folds, the model is made before it. From the second fold
    on every validation row has been a training row. Weights that the loop resets in another way (set_weights,
    load_weights) would be in order.

    What to do: make and compile the model inside the loop, by a function that builds it.

    What decides: Count rows that stand in both sets, and look whether the model is built anew for each fold.
    """
    seen = next((each for each in code.of("fit-in-loop") if each.shows.get("folds")), None)
    if seen is None:
        return None
    return Finding(
        says="The model is made before the loop over the folds, so it keeps its weights: from the second "
        "fold on, all rows it is judged by have trained it, and its score says nothing about new rows.",
        shows={"folds_judged_by_rows_that_trained": "all but the first", "epochs": seen.shows.get("epochs")},
        where=seen.place,
        remedies=(
            propose("advise", text="Build and compile a new model inside the loop, for each fold."),
            propose("advise", text="Begin each fold with model.set_weights(...) of the untrained model."),
        ),
    )


leakage.fires(Code(sightings=(Sighting(kind="fit-in-loop", shows={"epochs": 10, "folds": True}),)))
leakage.quiet(Code(sightings=(Sighting(kind="fit-in-loop", shows={"epochs": 10, "folds": False}),)))
leakage.quiet(Code())
