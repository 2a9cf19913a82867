"""The experiment two-modes."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.facts import Predictions
from unstuck.evidence.modes import depends_on_mode
from unstuck.evidence.probe import Clock, State, tensors
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same import (
    Subject,
    batches_of,
    figure,
    measure,
    score,
    titled,
    unaskable_where_it_raises,
)
from unstuck.rules.architecture.batchnorm_inference_gap import POINTS, TINY, TWICE
from unstuck.rules.architecture.over_regularised import GAP
from unstuck.rules.bounds import share_noise
from unstuck.watch.unseen import unseen

_BATCHNORM, _PENALTY = "batchnorm-inference-gap", "over-regularised"

#: Recomputed statistics explain a gap when they close at least half of it.
CLOSED = 0.5

#: Batches of fewer rows say nothing of the statistics of a batch.
_FEWEST = 8


@experiment("two-modes", decides=(_BATCHNORM, _PENALTY), trains=False)
def two_modes(recipe: Any, clock: Clock) -> Answer:
    """The same rows in training mode and in inference mode.

    Asks: does the model answer otherwise when it is used than when it is trained?
    How: loss and score of the same rows, in batches of the user's size, are computed in both modes
    with the trained weights. Where there is batch normalisation, its means and variances are
    computed anew from the training rows (dropout off), and the rows are answered once more in inference mode.
    Means: better in training mode, and mended by fresh statistics: the running averages are wrong.
    Better in inference mode: dropout or noise holds the training back.
    """
    size = max(_FEWEST, min(recipe.batch_size, 1024))
    with unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=5, size=size)
        ran = subject.ran
        varies = depends_on_mode(subject.model)
        trained = subject.run(subject.taught, training=True) if varies else ran
        norms = _norms(subject)
        fresh = None
        if norms and clock.left:
            fresh = subject.run(subject.taught, state=_recomputed(subject, norms))
    part = subject.taught
    inference, training = subject.records(part, ran), subject.records(part, trained)
    renewed = subject.records(part, fresh) if fresh is not None else {}
    if not inference:
        raise UnaskableError("the model has no outputs that could be compared")
    says, shows, verdicts = [], dict[str, Any](), []
    for name, record in inference.items():
        again = renewed.get(name)
        says.append(titled(name, _says(record, training[name], again, len(norms))))
        shows[name or "output"] = {
            "measure": measure(record),
            "rows": record.rows,
            "batch_size": subject.size,
            **{
                key: {"loss": each.loss, "score": score(each)}
                for key, each in (("training", training[name]), ("inference", record), ("recomputed", again))
                if each is not None
            },
        }
        verdicts.append(_judged(record, training[name], again, bool(norms)))
    penalised = ran.penalty > 0 or _is_dropped(subject)
    supports, refutes = _causes(verdicts, penalised)
    return Answer(
        says=" ".join(says),
        shows={
            **(next(iter(shows.values())) if len(shows) == 1 else shows),
            "penalty": ran.penalty,
            "batch_normalisations": len(norms),
        },
        supports=supports,
        refutes=refutes,
    )


def _causes(verdicts: list[dict[str, int]], penalised: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The causes spoken for by any output, and those spoken against by all."""
    both = (_BATCHNORM, _PENALTY)
    supports = tuple(cause for cause in both if any(verdict[cause] > 0 for verdict in verdicts))
    refutes = tuple(cause for cause in both if all(verdict[cause] < 0 for verdict in verdicts))
    return supports, tuple(cause for cause in refutes if not (cause == _PENALTY and penalised))


def _is_dropped(subject: Subject) -> bool:
    """Whether a layer drops values: what that costs is seen only by training without it."""
    return any("Dropout" in type(layer).__name__ and layer.rate > 0 for layer in _layers(subject))


def _layers(subject: Subject) -> list[Any]:
    return list(subject.model._flatten_layers(include_self=False))


def _norms(subject: Subject) -> list[Any]:
    """The layers of batch normalisation whose running averages count."""
    import keras

    kind = keras.layers.BatchNormalization
    return [layer for layer in _layers(subject) if isinstance(layer, kind)]


def _recomputed(subject: Subject, norms: list[Any]) -> State:
    """The state with every running mean and variance computed from the training rows.

    With momentum 0 a step in training mode leaves the batch's own statistics. Over batches of equal
    size the mean is the mean of means, the variance the mean of variances plus the variance of
    means (the law of total variance). A layer of this model alone is changed, and put back.
    """
    fixed = list(subject.model.non_trainable_variables)
    place = {id(variable): index for index, variable in enumerate(fixed)}
    kept = [(layer, name, getattr(layer, name)) for layer, name in _settings(subject, norms)]
    means: dict[int, list[np.ndarray]] = {}
    numpy, trainable = subject.probe.backend.to_numpy, subject.state[0]
    try:
        for layer, name, _ in kept:
            setattr(layer, name, 0.0)
        with unseen(subject.model):
            for batch in batches_of(subject.taught, subject.size):
                _, after = _no_gradients(
                    subject, lambda x: subject.model.stateless_call(*subject.state, x, training=True), batch.x
                )
                for index, value in enumerate(after):
                    means.setdefault(index, []).append(np.asarray(numpy(value)))
    finally:
        for layer, name, value in kept:
            setattr(layer, name, value)
    import keras

    state = list(subject.state[1])
    for layer in norms:
        mean, variance = place.get(id(layer.moving_mean)), place.get(id(layer.moving_variance))
        if mean is None or variance is None:
            continue
        found = np.mean(means[mean], axis=0), np.mean(means[variance], axis=0) + np.var(means[mean], axis=0)
        for index, value in zip((mean, variance), found, strict=True):
            state[index] = keras.ops.convert_to_tensor(value, dtype=fixed[index].dtype)
    return trainable, state


def _settings(subject: Subject, norms: list[Any]) -> list[tuple[Any, str]]:
    """What is set to 0 meanwhile: the momentum of the statistics and the rate of dropout."""
    drops = [layer for layer in _layers(subject) if "Dropout" in type(layer).__name__]
    return [*((layer, "momentum") for layer in norms), *((layer, "rate") for layer in drops)]


def _no_gradients(subject: Subject, function: Any, x: Any) -> Any:
    """Run once, without what a backend would keep for gradients and without compiling."""
    if subject.probe.backend.name == "torch":
        return subject.probe.backend.compiled(function)(tensors(x))
    return function(tensors(x))


def _judged(
    inference: Predictions, training: Predictions, renewed: Predictions | None, has_norms: bool
) -> dict[str, int]:
    """For each cause 1 where one output speaks for it, -1 where it cannot be so, 0 otherwise."""
    gap = _gap(inference, training)
    found = {_BATCHNORM: 0, _PENALTY: 0}
    if not has_norms or (gap is not None and not gap):
        found[_BATCHNORM] = -1
    elif gap and renewed is not None:
        found[_BATCHNORM] = 1 if _mended(inference, training, renewed) else 0
    lost = _lost(training, inference)
    if lost is not None:
        noise = share_noise(inference.accuracy or 0.0, inference.rows)
        found[_PENALTY] = 1 if lost > GAP else -1 if abs(lost) <= min(noise, GAP) else 0
    return found


def _gap(inference: Predictions, training: Predictions) -> bool | None:
    """Whether inference is as much worse as the rule of batch normalisation asks; None if unknown."""
    if inference.loss is None or training.loss is None:
        return None
    lost = _lost(inference, training)
    more = inference.loss - training.loss
    return (lost is not None and lost > POINTS) or (inference.loss > TWICE * training.loss and more > TINY)


def _lost(worse: Predictions, better: Predictions) -> float | None:
    """The accuracy that one has more than the other."""
    if worse.accuracy is None or better.accuracy is None:
        return None
    return better.accuracy - worse.accuracy


def _mended(inference: Predictions, training: Predictions, renewed: Predictions) -> bool:
    """Whether recomputed statistics close at least half of the gap."""
    if inference.loss is None or training.loss is None or renewed.loss is None:
        return False
    return inference.loss - renewed.loss >= CLOSED * (inference.loss - training.loss)


def _says(inference: Predictions, training: Predictions, renewed: Predictions | None, norms: int) -> str:
    """The figures in two sentences."""
    what = measure(inference)
    lead = (
        f"On the same {inference.rows:,} training rows the loss is {figure(training.loss)} in training mode "
        f"and {figure(inference.loss)} in inference mode, the {what} {figure(score(training))} and "
        f"{figure(score(inference))}."
    )
    if renewed is not None:
        lead += (
            f" With the statistics of its {norms} batch normalisation{'s' * (norms > 1)} computed anew from "
            f"these rows, inference has a loss of {figure(renewed.loss)} and the {what} "
            f"{figure(score(renewed))}."
        )
    if _gap(inference, training):
        if renewed is not None and _mended(inference, training, renewed):
            return f"{lead} The running averages are what is wrong."
        return f"{lead} The model answers otherwise when it is used than when it is trained."
    lost = _lost(training, inference)
    if lost is not None and lost > GAP:
        return f"{lead} Dropout or noise costs the training {lost:.2f} of accuracy."
    return f"{lead} The two modes answer much alike."
