"""The rule training-flag-missing."""

from __future__ import annotations

from unstuck.evidence.facts import Asleep, Code, Fit, Model, Place, Sighting
from unstuck.judgement.findings import Certainty, Finding, propose
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


#: One update of batch normalisation moves its averages; a second one leaves no doubt.
FEWEST_UPDATES = 2


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
        "inputs-not-scaled",
        "overfitting",
        "saturated-activations",
    ),
    blames=("training",),
)
def training_flag_missing(code: Code | None, model: Model | None, fit: Fit | None) -> Finding | None:
    """A training step of the user's own calls the model as if it were predicting.

    Why it looks stuck: fit calls the model with `training=True`; a loop of one's own must do so itself.
    Without it dropout drops nothing, so that the model learns its rows by heart, and batch normalisation
    divides by the averages it began with, mean 0 and variance 1, and never updates them: it normalises
    nothing.

    How it is proved: batch normalisation that was in training has moved its averages; after the training they
    are bit for bit 0 and 1. Without such a layer it is suspected: the call inside the gradient tape has no
    `training` argument, and the model holds layers that differ. It is in order where this model is not the
    one that is trained (a frozen feature extractor), or where its `call` passes `training=True` to those
    layers itself.

    What to do: `model(x, training=True)` in the step that trains.
    """
    asleep = model.asleep if model is not None else None
    if asleep is not None and fit is not None and fit.updates >= FEWEST_UPDATES:
        return _measured(asleep, fit)
    for seen in code.of("tape-without-training") if code is not None else ():
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


def _measured(asleep: Asleep, fit: Fit) -> Finding:
    """Averages that should have followed the rows, and are those of a new layer."""
    one = len(asleep.layers) == 1
    return Finding(
        says=f"After {fit.updates:,} updates the averages of {', '.join(asleep.layers[:3])} "
        f"({asleep.kind}) are bit for bit those of a new layer, mean 0 and variance 1: the model was "
        "called as in prediction while it trained, and "
        f"{'this layer' if one else 'these layers'} normalised nothing.",
        shows={"layers": list(asleep.layers), "updates": fit.updates},
        where=asleep.place or fit.place,
        held=False,
        certainty=Certainty.MEASURED,
        remedies=(propose("advise", text="Call the model with training=True in the training step."),),
    )


def _tape(*layers: str) -> Code:
    return Code(sightings=(Sighting(kind="tape-without-training", shows={"layers": layers}),))


training_flag_missing.fires(_tape("BatchNormalization", "Dropout"))
training_flag_missing.fires(_tape("RandomFlip"))
_ASLEEP = Model(asleep=Asleep(layers=("batch_normalization",), place=Place(file="train.py", line=21)))
training_flag_missing.fires(_ASLEEP, Fit(updates=225))
training_flag_missing.quiet(_ASLEEP, Fit(updates=0))
training_flag_missing.quiet(Model(), Fit(updates=225))
training_flag_missing.quiet(_tape())
training_flag_missing.quiet(Code())
