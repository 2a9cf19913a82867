"""The rule training-flag-missing."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, VALIDATION_APART
from unstuck.rules.rule import cause

#: What a layer does when it is not told that it trains.
_LEFT = {
    "BatchNormalization": "normalises by its moving averages, which never leave mean 0 and variance 1",
    "Dropout": "drops nothing",
    "SpatialDropout1D": "drops nothing",
    "SpatialDropout2D": "drops nothing",
    "SpatialDropout3D": "drops nothing",
    "AlphaDropout": "drops nothing",
    "GaussianNoise": "adds no noise",
    "GaussianDropout": "adds no noise",
}


@cause(
    "training-flag-missing",
    certainty="suspected",
    impact="harms",
    explains=(
        LEARNS_LITTLE,
        DIVERGES,
        VALIDATION_APART,
        "beaten-by-simple-model",
        "exploding-gradient",
        "overfitting",
    ),
)
def training_flag_missing(code: Code) -> Finding | None:
    """A training step of the user's own calls the model as if it were predicting.

    Why it looks stuck: fit calls the model with `training=True`; a loop of one's own must do so itself.
    Without it dropout drops nothing, so that the model learns its rows by heart, and batch normalisation
    divides by the averages it began with, mean 0 and variance 1, and never updates them: it normalises
    nothing.

    How it is proved: the call inside the gradient tape has no `training` argument, and the model holds layers
    that differ. It is in order where this model is not the one that is trained (a frozen feature extractor),
    or where its `call` passes `training=True` to those layers itself.

    What to do: `model(x, training=True)` in the step that trains.
    """
    for seen in code.of("tape-without-training"):
        kinds = tuple(dict.fromkeys(seen.shows.get("layers") or ()))
        if not kinds:
            continue
        does = "; ".join(f"{kind} {_LEFT.get(kind, 'acts as in prediction')}" for kind in kinds)
        return Finding(
            says=f"The model is called inside a gradient tape without training=True: {does}. If this is the "
            "model that is trained, it learns without these layers.",
            shows={"layers": kinds},
            where=seen.place,
            remedies=(propose("advise", text="Call the model with training=True in the training step."),),
        )
    return None


def _tape(*layers: str) -> Code:
    return Code(sightings=(Sighting(kind="tape-without-training", shows={"layers": layers}),))


training_flag_missing.fires(_tape("BatchNormalization", "Dropout"))
training_flag_missing.fires(_tape("RandomFlip"))
training_flag_missing.quiet(_tape())
training_flag_missing.quiet(Code())
