"""Keras itself warned of a cause."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.sign import fit, sign

#: What each warning means, in words, and the cause it names.
_MEANS = {
    "softmax-over-one-unit": (
        "a softmax runs over an axis of size 1, so it answers 1.0 for every row",
        "softmax-over-one-unit",
    ),
    "categorical-crossentropy-on-one-unit": (
        "categorical cross-entropy got one column, where its loss is always 0",
        "categorical-crossentropy-on-one-unit",
    ),
    "activated-logits": (
        "the loss has from_logits=True, but the output has been through sigmoid or softmax already",
        "probabilities-taken-as-logits",
    ),
    "gradients-missing": ("no gradient reaches some of the weights", "no-gradient-path"),
    "flag-changed": (
        "`trainable` was changed without compiling again, so the change has no effect yet",
        "frozen-layers",
    ),
    "no-trainable-weights": ("the model has no trainable weights", "frozen-layers"),
    "ran-out-of-data": (
        "the generator or data set ended before the epochs did",
        "repeated-or-empty-batches",
    ),
}


@sign("keras-warned", rank=10)
def keras_warned(run: LoggedRun) -> Finding | None:
    """Keras printed a warning that names the cause.

    The words of a warning are no figure, but they come from the program that trained. Early stopping
    is no warning and is passed over.
    """
    named = [(name, *_MEANS[name]) for name in run.warnings if name in _MEANS]
    if not named:
        return None
    told = "; ".join(meaning for _, meaning, _ in named)
    return Finding(
        says=f"Keras warned in this log: {told}.",
        shows={"warnings": [name for name, _, _ in named]},
        fits=tuple(fit(cause, "Keras says so itself.", "measured") for _, _, cause in named),
    )


keras_warned.fires(LoggedRun.of(loss=[7.97]).but(warnings=("softmax-over-one-unit",)))
keras_warned.quiet(LoggedRun.of(loss=[0.5]).but(warnings=("stopped-early",)))
