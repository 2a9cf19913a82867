"""What the script says beside its log: where both agree, what it rules out, where they contradict."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unstuck.evidence.facts import Evidence, Head, Loss, Metrics, Output, Place
from unstuck.evidence.printed.run import LoggedRun
from unstuck.lint.judge import judged
from unstuck.logbook.gather import LogError
from unstuck.reading import Reading, read_text
from unstuck.rules.arithmetic import finite
from unstuck.rules.sign import Seen

#: Names that Keras has given the same metric in its versions.
_SAME = {"acc": "accuracy", "mse": "mean_squared_error", "mae": "mean_absolute_error"}

#: What logs hold beside loss and metrics.
_NO_METRIC = frozenset({"loss", "learning_rate", "lr"})

#: Losses that are never below zero, whatever the target is.
_NEVER_NEGATIVE = frozenset(
    {"mean_squared_error", "mean_absolute_error", "huber", "hinge", "log_cosh", "squared_hinge"}
)
#: Mean losses of the same answers over the same rows, dealt out in other batches, differ by rounding alone.
_SAME_LOSS = 1.01

_BINARY = ("binary_crossentropy", "binary_focal_crossentropy")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What the source says to one training of the log.

    `seen` are contradictions, `agreed` the places of causes that the source shows as well, `excluded` the
    causes that it rules out, with the reason.
    """

    seen: tuple[Seen, ...] = ()
    agreed: Mapping[str, Place] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)


def beside(runs: Sequence[LoggedRun], source: str) -> list[Beside]:
    """What a script says to each training of its log, without running it.

    As many calls of fit as trainings are taken in their order; else each training is laid beside the call
    that it contradicts least.

    Raises:
        LogError: the script cannot be read, is no Python, or trains nothing.
    """
    try:
        text = Path(source).read_text(encoding="utf-8", errors="replace")
        readings = [each for each in read_text(text, source) if each.evidence.fit is not None]
    except OSError as error:
        raise LogError(f"{source} cannot be read ({error.strerror}).") from None
    except (SyntaxError, ValueError) as error:
        raise LogError(f"{source} is no Python that can be read: {error}.") from None
    if not readings:
        raise LogError(f"No call of fit was found in {source}. Give the script that trains.")
    calls: dict[tuple[int, int], list[Reading]] = {}
    for each in readings:
        place = each.evidence.fit.place if each.evidence.fit else None
        calls.setdefault((place.line, place.column or 0) if place else (0, 0), []).append(each)
    ordered = [calls[key] for key in sorted(calls)]
    paired = ordered if len(ordered) == len(runs) else [readings] * len(runs)
    return [_beside(run, choices) for run, choices in zip(runs, paired, strict=True)]


def _beside(run: LoggedRun, choices: Sequence[Reading]) -> Beside:
    """The reading that contradicts a training least."""
    best = min(choices, key=lambda each: len(contradictions(run, each.evidence)))
    agreed: dict[str, Place] = {}
    for each in judged([best]):
        agreed.setdefault(each.finding.rule, each.place)
    excluded = {}
    # Another loss or metric than the log's, and the source says nothing about what the log is of.
    other = any(check(run, best.evidence) for check in (_metrics, _negative, _classes))
    for cause, reason in () if other else _EXCLUDES.items():
        said = reason(best.evidence)
        if said and cause not in agreed:
            excluded[cause] = said
    found = contradictions(run, best.evidence)
    seen = Seen(
        sign="log-contradicts-source",
        says=f"The log is not of this source as it stands: {'; '.join(found)}.",
        shows={"contradictions": found},
    )
    return Beside(seen=(seen,) if found else (), agreed=agreed, excluded=excluded)


def contradictions(run: LoggedRun, evidence: Evidence) -> list[str]:
    """Where a log cannot come from this source, as far as the source can be read: each in words."""
    checks = (_epochs, _metrics, _validation, _steps, _negative, _classes, _constant)
    return [said for said in (check(run, evidence) for check in checks) if said]


def _contradiction(log: str, source: str, place: Place | None) -> str:
    at = f" (line {place.line})" if place else ""
    return f"the log shows {log}, the source{at} {source}"


def _epochs(run: LoggedRun, evidence: Evidence) -> str:
    """Another number of epochs was asked for. One epoch is also what an unknown number reads as."""
    fit = evidence.fit
    if fit is None or fit.epochs <= 1 or run.asked is None or run.asked == fit.epochs:
        return ""
    return _contradiction(f"{run.asked} epochs", f"asks for {fit.epochs}", fit.place)


def _metrics(run: LoggedRun, evidence: Evidence) -> str:
    """Metrics that only one of both names; of a model with one output."""
    if len(evidence.outputs) != 1:
        return ""
    held = evidence.outputs[0].metrics
    if held is None or not held.uses or any(use.resolved == "custom" for use in held.uses):
        return ""
    logged = {_bare(name) for name in run.series} - _NO_METRIC
    written = {_bare(use.name) for use in held.uses}
    if logged == written:
        return ""
    more, less = sorted(logged - written), sorted(written - logged)
    if more:
        return _contradiction(
            f"the metric {', '.join(more)}", f"compiles {', '.join(sorted(written))}", _place(held)
        )
    return _contradiction(f"no {', '.join(less)}", f"compiles {', '.join(less)}", _place(held))


def _bare(name: str) -> str:
    bare = name.removeprefix("val_")
    return _SAME.get(bare, bare)


def _place(metrics: Metrics) -> Place | None:
    return metrics.uses[0].place


def _validation(run: LoggedRun, evidence: Evidence) -> str:
    """Validation figures without validation rows, or the other way."""
    fit = evidence.fit
    if fit is None:
        return ""
    logged = any(name.startswith("val_") for name in run.series)
    if logged and fit.validation is None:
        return _contradiction("validation figures", "gives fit no validation rows", fit.place)
    if not logged and fit.validation is not None and not run.cut:
        return _contradiction("no validation figures", "gives fit validation rows", fit.place)
    return ""


def _steps(run: LoggedRun, evidence: Evidence) -> str:
    """The steps of an epoch are not the rows that the log states over the batch size of the source."""
    fit = evidence.fit
    if fit is None or not fit.batch_size or run.unit != "steps" or not run.total or not run.rows:
        return ""
    steps = math.ceil(run.rows / fit.batch_size)
    if steps == run.total:
        return ""
    return _contradiction(
        f"{run.total:,} steps an epoch over {run.rows:,} rows",
        f"has batches of {fit.batch_size}, which makes {steps:,} steps",
        fit.place,
    )


def _negative(run: LoggedRun, evidence: Evidence) -> str:
    """A loss below zero under a loss that is never below zero."""
    loss = _only(evidence).loss
    below = [figure for figure in run.loss if figure.finite and figure.high < 0.0]
    if loss is None or loss.weight < 0 or loss.name not in _NEVER_NEGATIVE or not below:
        return ""
    return _contradiction(
        f"a loss of {below[0]}", f"compiles {loss.name}, which is never below 0", loss.place
    )


def _classes(run: LoggedRun, evidence: Evidence) -> str:
    """A loss at ln K and an accuracy at 1/K for another K than the output has."""
    from unstuck.rules.figures.loss_at_ln_k import classes_of

    output = _only(evidence)
    head, loss = output.head, output.loss
    if head is None or loss is None or not loss.is_for_classes or not finite(run.loss):
        return ""
    logged, written = classes_of(run), max(2, head.units)
    if logged is None or logged == written or loss.name in _BINARY:
        return ""
    return _contradiction(
        f"a loss at ln {logged}, that of {logged} classes alike",
        f"has an output of {head.units} units",
        head.place,
    )


def _constant(run: LoggedRun, evidence: Evidence) -> str:
    """A loss that moves under an output that cannot: a softmax over one unit is the same for every row."""
    head, model = _only(evidence).head, evidence.model
    figures = [figure for figure in run.loss if figure.finite]
    if head is None or head.softmax_size != 1 or model is None or len(figures) < 2:
        return ""
    first, last = figures[0], figures[-1]
    stays = first.low <= last.high * _SAME_LOSS and last.low <= first.high * _SAME_LOSS
    if stays or any(layer.penalty for layer in model.layers):
        return ""
    return _contradiction(
        f"a loss that goes from {first} to {last}",
        f"has a {head.activation} over one unit, which answers the same whatever the weights are",
        head.place,
    )


def _only(evidence: Evidence) -> Output:
    return evidence.outputs[0] if len(evidence.outputs) == 1 else Output()


def _head_rules_out(test: Callable[[Head], str]) -> Callable[[Evidence], str]:
    def reason(evidence: Evidence) -> str:
        head = _only(evidence).head
        return test(head) if head is not None and head.activation not in ("unknown", "custom") else ""

    return reason


def _loss_rules_out(test: Callable[[Loss], str]) -> Callable[[Evidence], str]:
    def reason(evidence: Evidence) -> str:
        loss = _only(evidence).loss
        return test(loss) if loss is not None and not loss.custom else ""

    return reason


def _without(*kinds: str) -> Callable[[Evidence], str]:
    """The model is read whole and has none of these layers."""

    def reason(evidence: Evidence) -> str:
        model = evidence.model
        whole = model is not None and model.layers and model.kind != "subclassed"
        if not whole or model is None or any(layer.custom for layer in model.layers):
            return ""
        held = any(layer.kind in kinds or layer.kind in ("Functional", "Model") for layer in model.layers)
        return "" if held else f"the model has no {kinds[0]}"

    return reason


def _activation(wanted: str) -> Callable[[Evidence], str]:
    return _head_rules_out(
        lambda head: f"the output is {head.activation}" if head.activation != wanted else ""
    )


def _many(head: Head) -> str:
    return f"the output has {head.units} units" if head.units > 1 else ""


def _not_binary(loss: Loss) -> str:
    return f"the loss is {loss.name}" if loss.name not in _BINARY else ""


def _no_validation(evidence: Evidence) -> str:
    fit = evidence.fit
    return (
        f"fit splits off no rows; it gets {fit.validation}"
        if fit and fit.validation == "validation_data"
        else ""
    )


#: For each cause, what in a source rules it out, as a reason; "" where it does not.
_EXCLUDES: dict[str, Callable[[Evidence], str]] = {
    "softmax-over-one-unit": _head_rules_out(
        lambda head: f"the output is {head.activation}" if head.softmax_size is None else _many(head)
    ),
    "relu-output": _activation("relu"),
    "sigmoid-with-categorical-crossentropy": _activation("sigmoid"),
    "argmax-over-one-column": _head_rules_out(_many),
    "categorical-crossentropy-on-one-unit": _head_rules_out(_many),
    "logits-taken-as-probabilities": _head_rules_out(
        lambda head: f"the output is {head.activation}" if head.activation in ("sigmoid", "softmax") else ""
    ),
    "noise-after-output": _head_rules_out(
        lambda head: "nothing random follows the output" if head.activation_is_last else ""
    ),
    "binary-crossentropy-on-one-hot": _loss_rules_out(_not_binary),
    "labels-outside-unit-interval": _loss_rules_out(_not_binary),
    "regression-loss-for-classes": _loss_rules_out(
        lambda loss: "" if loss.is_regression else f"the loss is {loss.name}"
    ),
    "probabilities-taken-as-logits": _loss_rules_out(
        lambda loss: "" if loss.from_logits else "the loss has no from_logits=True"
    ),
    "batchnorm-inference-gap": _without("BatchNormalization"),
    "unmasked-padding": _without("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"),
    "one-sided-validation-split": _no_validation,
}
