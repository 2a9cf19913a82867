"""The rule validation-preprocessed-differently."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Fit, Input, Inputs, Place, ScaledApart, Sighting
from unstuck.judgement.findings import Blame, Certainty, Finding, propose
from unstuck.rules.families import VALIDATION_APART
from unstuck.rules.rule import cause

#: Parts of one set drawn at random spread alike, and later times of a series seldom twice as wide; a
#: forgotten division by 16, 100 or 255 is beyond.
MUCH_WIDER = 8.0

#: Of fewer rows the spread is not known.
FEWEST = 30


@cause(
    "validation-preprocessed-differently",
    certainty="suspected",
    impact="misleads",
    explains=(
        VALIDATION_APART,
        "validation-accuracy-pinned",
        "accuracy-contradicts-predictions",
        "validation-scaled-by-itself",
        "beaten-by-simple-model",
        "overfitting",
    ),
)
def validation_preprocessed_differently(
    code: Code | None, inputs: Inputs | None, fit: Fit | None
) -> Finding | None:
    """The rows that judge are scaled by other numbers than the rows that train.

    Why it looks stuck: a scaler that is fitted again on the validation rows takes their own mean and
    deviation. The same measurement then means one value in training and another in validation, and the model
    answers a question it was not asked: training looks fine, validation does not.

    How it is proved: the source fits one scaler a second time, on other data, after the training rows went
    through it. How far apart the two scales are depends on the rows: little for many rows drawn at random,
    much for few rows or another time. It is in order where the second data are no inputs (targets, say), but
    then the scaler no longer inverts what it did to the first.

    How it is measured: rows given as arrays are read. Columns that reach the same minimum and maximum in both
    parts, or have mean 0 and deviation 1 in both, to 1e-6, were scaled in each part by its own figures. Rows
    that are scaled in groups on purpose (each subject, each day) are told apart where a group's rows stand
    together.

    Another scale altogether is measured too: validation rows that spread eight times as wide as the training
    rows, or an eighth as wide, in their standard deviation and in their range, were not brought to their
    scale.

    What to do: fit on the training rows alone, and only `transform` all others.

    What decides: Print the mean and the range of one training and one validation batch as they enter the
    model.
    """
    seen = next(iter(code.of("scaler-fitted-twice")), None) if code is not None else None
    if inputs is not None and inputs.scaled_apart is not None:
        scaled = next((each.place for each in inputs.validation if each.place), None)
        place = scaled or (seen.place if seen else None) or (fit.place if fit else None)
        return _measured(inputs.scaled_apart, place)
    elsewhere = _on_another_scale(inputs, fit)
    if elsewhere is not None or seen is None:
        return elsewhere
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


def _on_another_scale(inputs: Inputs | None, fit: Fit | None) -> Finding | None:
    """Rows that judge spread many times as wide as those that were learned from, or as many times less."""
    pairs = zip(inputs.training, inputs.validation, strict=False) if inputs is not None else ()
    for taught, judged in pairs:
        few = min(taught.count, judged.count) < FEWEST or taught.are_ids
        if few or not (taught.std > 0 and judged.std > 0) or taught.nonfinite or judged.nonfinite:
            continue
        spreads = judged.std / taught.std
        ranges = (judged.maximum - judged.minimum) / (taught.maximum - taught.minimum)
        apart = min(spreads, ranges) if spreads > 1 else 1.0 / max(spreads, ranges, 1e-30)
        if apart < MUCH_WIDER:
            continue
        wide = "wide" if spreads > 1 else "narrow"
        return Finding(
            certainty=Certainty.MEASURED,
            says=f"The validation rows go from {judged.minimum:.4g} to {judged.maximum:.4g} (standard "
            f"deviation {judged.std:.4g}) and the training rows from {taught.minimum:.4g} to "
            f"{taught.maximum:.4g} ({taught.std:.4g}): they spread {apart:.3g} times as {wide}, so the model "
            "is asked about inputs that it never saw.",
            shows={"training_std": taught.std, "validation_std": judged.std, "bound": MUCH_WIDER},
            where=judged.place or (fit.place if fit else None),
            blamed=(Blame(at=fit.place, names=("validation_x",)),) if fit and fit.place else (),
            remedies=(
                propose("advise", text="Prepare the validation rows as the training rows are prepared."),
            ),
        )
    return None


def _measured(apart: ScaledApart, place: Place | None) -> Finding:
    """What the rows themselves show, where the rows that judge got their values."""
    figures = "minimum and maximum" if apart.how == "range" else "mean and standard deviation"
    return Finding(
        certainty=Certainty.MEASURED,
        says=f"The {apart.rows:,} training rows and the {apart.validation_rows:,} validation rows are each "
        f"scaled by their own {figures} ({apart.columns} columns): the same measurement is one number in "
        "training and another where it is judged, so the validation figures say little about new rows.",
        shows={"columns": apart.columns, "rows": apart.rows, "validation_rows": apart.validation_rows},
        where=place,
        remedies=(
            propose(
                "advise",
                text="Fit the scaler on the training rows alone, and only transform all others: "
                "scaler.fit(x_train), then scaler.transform(x_train) and scaler.transform(x_val).",
            ),
        ),
    )


validation_preprocessed_differently.fires(
    Code(sightings=(Sighting(kind="scaler-fitted-twice", shows={"name": "StandardScaler"}),))
)
validation_preprocessed_differently.quiet(Code())
_APART = Inputs(scaled_apart=ScaledApart(columns=4, rows=400, validation_rows=100))
validation_preprocessed_differently.fires(_APART)
validation_preprocessed_differently.fires(_APART, Fit(), Code())
validation_preprocessed_differently.quiet(Inputs(), Fit(), Code())
_TAUGHT = Input(count=1400, minimum=-0.5, maximum=0.5, mean=-0.2, std=0.37)


def _judged(factor: float) -> Inputs:
    return Inputs(
        training=(_TAUGHT,),
        validation=(Input(count=390, minimum=-0.5 * factor, maximum=0.5 * factor, std=0.37 * factor),),
    )


validation_preprocessed_differently.fires(_judged(16.0), Fit())
validation_preprocessed_differently.fires(_judged(1 / 255), Fit())
validation_preprocessed_differently.quiet(_judged(1.5), Fit())
