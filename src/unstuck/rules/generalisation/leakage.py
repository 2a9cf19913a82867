"""The rule leakage."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Earlier, Fit, Place, Sighting
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import dealt_out, judged_after_training
from unstuck.rules.families import LEARNING_ENDS
from unstuck.rules.rule import cause


@cause(
    "leakage",
    certainty="suspected",
    impact="misleads",
    explains=(LEARNING_ENDS, "loss-does-not-fall", "judged-by-rows-of-earlier-fits"),
)
def leakage(code: Code | None, earlier: Earlier | None, fit: Fit | None) -> Finding | None:
    """Rows that judge the model have trained it: its weights are kept from fold to fold.

    Why it looks stuck: in a cross-validation the rows that judge one fold trained the folds before. A model
    that goes from fold to fold knows them already: its score rises from fold to fold up to 1.0, its training
    begins where the last one ended and hardly moves, and new data get a far lower score.

    How it is proved: fit stands in the loop over the folds, the model is made before it. From the second fold
    on every validation row has been a training row. Weights that the loop resets in another way (set_weights,
    load_weights) would be in order. It is measured where a training shows it: a fit begins with exactly the
    weights that the last one of the model ended with, and its validation rows trained the fits before, or
    three fits or more each leave out another part of the rows, as folds do.

    What to do: make and compile the model inside the loop, by a function that builds it.

    What decides: Count rows that stand in both sets, and look whether the model is built anew for each fold.
    """
    if earlier is not None and (judged_after_training(earlier) or dealt_out(earlier)):
        return _measured(earlier, earlier.made_at or (fit.place if fit is not None else None))
    loops = code.of("fit-in-loop") if code is not None else ()
    seen = next((each for each in loops if each.shows.get("folds")), None)
    if seen is None:
        return None
    return Finding(
        says="The model is made before the loop over the folds, so it keeps its weights: from the second "
        "fold on, all rows it is judged by have trained it, and its score says nothing about new rows.",
        shows={"folds_judged_by_rows_that_trained": "all but the first", "epochs": seen.shows.get("epochs")},
        where=seen.place,
        remedies=_REMEDIES,
    )


_REMEDIES = (
    propose("advise", text="Build and compile a new model inside the loop, for each fold."),
    propose("advise", text="Begin each fold with model.set_weights(...) of the untrained model."),
)


def _measured(earlier: Earlier, place: Place | None) -> Finding:
    """What the rows of the fits of one model show."""
    return Finding(
        says="One model is made before the fits and keeps its weights from each to the next, "
        f"{earlier.fits} by now: rows that one fit leaves out to be judged by have trained it in the others. "
        "From the second fit on its score says nothing about new rows.",
        shows={
            "fits": earlier.fits,
            "validation_rows": earlier.judged,
            "trained_before": earlier.judged_before,
            "left_out": earlier.left_out,
            "left_out_twice": earlier.left_out_twice,
        },
        where=place,
        certainty=Certainty.MEASURED,
        remedies=_REMEDIES,
    )


leakage.fires(Code(sightings=(Sighting(kind="fit-in-loop", shows={"epochs": 10, "folds": True}),)))
leakage.quiet(Code(sightings=(Sighting(kind="fit-in-loop", shows={"epochs": 10, "folds": False}),)))
leakage.quiet(Code())
leakage.fires(Earlier(fits=3, rows=500, left_out=(100, 100, 100)), Fit())
leakage.quiet(Code(), Earlier(fits=3, rows=500, left_out=(0, 0, 0)), Fit())
