"""The rule fit-in-chunks."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Earlier, Fit, Forgotten, Sighting
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import forgets, what_is_left
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

_REMEDIES = (
    propose(
        "advise",
        text="Go through all parts in each epoch: the loop over epochs outside, the parts in another order "
        "each time, and fit with epochs=1 inside.",
    ),
    propose(
        "advise", text="Give fit one tf.data.Dataset or keras.utils.PyDataset that reads and mixes all parts."
    ),
)


@cause(
    "fit-in-chunks",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        DIVERGES,
        VALIDATION_APART,
        "earlier-rows-forgotten",
        "learning-rate-too-high",
        "overfitting",
    ),
)
def fit_in_chunks(code: Code | None, fit: Fit | None, earlier: Earlier | None) -> Finding | None:
    """One model is fitted to one part of the data after the other, several epochs each.

    Why it looks stuck: for several epochs the model sees one part and nothing else, and fits it at the cost
    of what it learned from the parts before. The loss jumps up with each new part, and in the end the model
    knows the last one.

    How it is proved: fit stands in a loop, with several epochs, on data that the loop makes, and the model is
    not made there. How much is forgotten depends on how different the parts are: compare with all parts
    mixed. It is measured where the fits of one model, each on other classes than the one before, began twice
    with more than twice the loss with which the fit before had ended; rows of the first fits, answered with
    the weights of then and of now, show what is left.

    What to do: go through all parts once in each epoch: the loop over epochs outside, fit with `epochs=1`
    inside; or give fit a tf.data.Dataset or keras.utils.PyDataset that reads and mixes the parts.

    What decides: Look for fit inside a loop over files; evaluate on the first file after fitting the last
    one.
    """
    if fit is not None and fit.jumps:
        return _measured(fit, earlier.forgotten if earlier is not None else None)
    loops = code.of("fit-in-loop") if code is not None else ()
    seen = next((each for each in loops if not each.shows.get("folds")), None)
    epochs = seen.shows.get("epochs") if seen is not None else None
    if seen is None or not isinstance(epochs, int) or epochs <= 1:
        return None
    return Finding(
        says=f"fit runs for {epochs} epochs on each part of the data in turn, with one model throughout. "
        "After so many epochs over one part it has forgotten the parts before, as far as they differ.",
        shows={"epochs": epochs, "bound": 1},
        where=seen.place,
        remedies=_REMEDIES,
    )


def _measured(fit: Fit, forgotten: Forgotten | None) -> Finding:
    """What the losses of the fits of one model show, and rows of the first ones."""
    left = f" {what_is_left(forgotten)}" if forgotten is not None and forgets(forgotten) else ""
    ended, began = max(fit.jumps, key=lambda jump: jump[1] / max(jump[0], 1e-30))
    return Finding(
        says=f"One model is fitted to parts with other classes in turn, {fit.epochs_done} epochs here: it "
        f"ended one part with a loss of {ended:.3g} and began the next with {began:.3g}, and so "
        f"{len(fit.jumps)} times or more. Each part undoes what the parts before had taught."
        f"{left}",
        shows={"ended": ended, "began": began, "jumps": len(fit.jumps), "epochs": fit.epochs_done},
        where=fit.place,
        certainty=Certainty.MEASURED,
        remedies=_REMEDIES,
    )


def _looped(epochs: int | None, *, folds: bool) -> Code:
    return Code(sightings=(Sighting(kind="fit-in-loop", shows={"epochs": epochs, "folds": folds}),))


fit_in_chunks.fires(_looped(10, folds=False))
fit_in_chunks.quiet(_looped(1, folds=False))
fit_in_chunks.quiet(_looped(None, folds=False))
fit_in_chunks.quiet(_looped(10, folds=True))
fit_in_chunks.fires(Fit(epochs_done=4, jumps=((0.034, 6.34), (0.4, 6.2))))
fit_in_chunks.quiet(Code(), Fit(epochs_done=4))
fit_in_chunks.quiet(Code())
