"""The log cannot come from the script that was given with it."""

from __future__ import annotations

import math

from unstuck.evidence.facts import Evidence, Fit, Metrics, Output, Place, Script
from unstuck.evidence.printed.run import Book, LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import finite
from unstuck.rules.figures.loss_at_ln_k import classes_of
from unstuck.rules.sign import sign

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


@sign("log-contradicts-source", rank=0)
def log_contradicts_source(book: Book, script: Script) -> Finding | None:
    """The log shows what the script beside it cannot print: another number of epochs, other metrics.

    Looked at are epochs, metrics, validation figures, steps an epoch, losses below zero, the number of
    classes that the loss names, and a loss that moves under an output that cannot. The script may have been
    changed since, or the log is of another one.
    """
    found = contradictions(book.run, script.evidence)
    if not found:
        return None
    return Finding(
        says=f"The log is not of this source as it stands: {'; '.join(found)}.",
        shows={"contradictions": found},
    )


def is_of_another(run: LoggedRun, evidence: Evidence) -> bool:
    """Whether the log is of another loss or metric, so that the source says nothing about what it shows."""
    return any(check(run, evidence) for check in (_metrics, _negative, _classes))


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


def _script(epochs: int) -> Script:
    return Script(evidence=Evidence(fit=Fit(epochs=epochs)))


_THREE = Book((LoggedRun.of(loss=[0.7, 0.6, 0.5]).but(asked=3),))
log_contradicts_source.fires(_THREE, _script(7))
log_contradicts_source.quiet(_THREE, _script(3))
