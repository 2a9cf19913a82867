"""The rule validation-preprocessed-differently."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.findings import Finding, propose
from unstuck.rules.rule import cause


@cause(
    "validation-preprocessed-differently",
    certainty="suspected",
    impact="misleads",
    explains=(
        "accuracy-contradicts-predictions",
        "train-validation-gap",
        "validation-accuracy-pinned",
        "overfitting",
    ),
)
def validation_preprocessed_differently(code: Code) -> Finding | None:
    """The rows that judge are scaled by other numbers than the rows that train.

    Why it looks stuck: a scaler that is fitted again on the validation rows takes their own mean and
    deviation. The same measurement then means one value in training and another in validation, and the model
    answers a question it was not asked: training looks fine, validation does not.

    How it is proved: the source fits one scaler a second time, on other data, after the training rows went
    through it. How far apart the two scales are depends on the rows: little for many rows drawn at random,
    much for few rows or another time. It is in order where the second data are no inputs (targets, say), but
    then the scaler no longer inverts what it did to the first.

    What to do: fit on the training rows alone, and only `transform` all others.
    """
    seen = next(iter(code.of("scaler-fitted-twice")), None)
    if seen is None:
        return None
    name = seen.shows.get("name") or "scaler"
    return Finding(
        says=f"The same {name} is fitted a second time, on other data than the training rows: where those "
        "rows judge the model, the same measurement becomes another number than in training.",
        shows={"scaler": name, "fitted": 2},
        where=seen.place,
        remedies=(
            propose("advise", text="Call transform in place of fit_transform on all but the training rows."),
            propose("advise", text="If the second data are the targets, use a second scaler for them."),
        ),
    )


validation_preprocessed_differently.fires(
    Code(sightings=(Sighting(kind="scaler-fitted-twice", shows={"name": "StandardScaler"}),))
)
validation_preprocessed_differently.quiet(Code())
