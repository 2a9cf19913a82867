"""What the model is compiled with, as Keras resolved it: losses, metrics, optimizer.

Keras decides what "accuracy" and "crossentropy" mean at the first batch, by shapes alone. Before
that (and on TensorFlow until the first batch is done) the same decision is made here from the
heads and the labels.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from unstuck.evidence.facts import Head, Labels, Loss, Metric, Metrics, Optimizer, Place
from unstuck.evidence.facts.program import KNOWN_LOSSES
from unstuck.evidence.kinds import snake_case
from unstuck.evidence.layers import PlaceOf, is_keras, number
from unstuck.evidence.meaning.losses import is_own, leaves_out, meaning_of, reads_logits
from unstuck.evidence.model import has_own, output_names
from unstuck.watch.places import defined_at

#: The words that Keras resolves by shape.
_ACCURACY_WORDS = ("accuracy", "acc")
_CROSSENTROPY_WORDS = ("crossentropy", "ce")

#: Values of the labels on which a loss of the user's is held against Keras's own.
_VALUES_ASKED = 12

#: Per kind of task, what the words mean.
_MEANINGS = {
    "binary": ("binary_accuracy", "binary_crossentropy"),
    "sparse": ("sparse_categorical_accuracy", "sparse_categorical_crossentropy"),
    "categorical": ("categorical_accuracy", "categorical_crossentropy"),
}


def read_losses(
    model: Any,
    compile_place: Place | None = None,
    heads: Mapping[str, Head] | None = None,
    labels: Mapping[str, Labels] | None = None,
) -> dict[str, Loss]:
    """The loss of each output, by output name; empty when the model was never compiled with one.

    `heads` and `labels` decide what "crossentropy" means before Keras has; without them such a
    loss is named "crossentropy". An output without a loss is left out.
    """
    compiled = getattr(model, "_compile_loss", None)
    if compiled is None:
        return {}
    names = list(heads) if heads else output_names(model)
    found: dict[str, Loss] = {}
    if getattr(compiled, "built", False):
        for path, loss, weight, _ in compiled._flat_losses:
            name = _output_of(path, names)
            if name is not None:
                of = (heads or {}).get(name), (labels or {}).get(name)
                found.setdefault(name, _loss(loss, weight, compile_place, *of))
        return found
    weights = _by_output(compiled._user_loss_weights, names)
    for name, asked in _by_output(compiled._user_loss, names).items():
        loss = _get_loss(asked, _task(name, heads, labels))
        if loss is not None:
            of = (heads or {}).get(name), (labels or {}).get(name)
            found[name] = _loss(loss, weights.get(name), compile_place, *of)
    return found


def live_loss(model: Any, name: str, names: list[str]) -> Any:
    """The live loss of one output, None where there is none or it was not built."""
    compiled = getattr(model, "_compile_loss", None)
    flat = compiled._flat_losses if compiled is not None and getattr(compiled, "built", False) else ()
    return next((loss for path, loss, *_ in flat if _output_of(path, names) == name), None)


def _output_of(path: tuple[Any, ...], names: list[str]) -> str | None:
    """The output that a loss's path leads to."""
    if len(names) == 1:
        return names[0]
    if not path:
        return None
    if isinstance(path[-1], int):
        return names[path[-1]] if path[-1] < len(names) else None
    return str(path[-1]) if path[-1] in names else None


def _by_output(given: Any, names: list[str]) -> dict[str, Any]:
    """Spread a compile argument (one value, a list, or a dict by name) over the outputs."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        if len(names) == 1:
            return dict.fromkeys(names, next(iter(given.values()), None))
        return {name: given[name] for name in names if name in given}
    if isinstance(given, (list, tuple)):
        return dict(zip(names, given, strict=False))
    return dict.fromkeys(names, given)


def _get_loss(asked: Any, task: str | None) -> Any:
    """The loss object or function behind what the user wrote, None for no loss."""
    import keras

    if asked is None:
        return None
    if str(asked).lower() in _CROSSENTROPY_WORDS:
        asked = _MEANINGS[task][1] if task else "crossentropy"
    try:
        return keras.losses.get(asked)
    except (ValueError, TypeError):
        return asked


def _loss(loss: Any, weight: Any, place: Place | None, head: Head | None, labels: Labels | None) -> Loss:
    """One loss as a record: Keras's own by its settings, one of the user's by what it computes."""
    told: dict[str, Any] = {"weight": 1.0 if _float(weight) is None else float(weight), "place": place}
    if is_own(loss):
        return _own_loss(loss, told, head, labels)
    settings = {**vars(loss), **getattr(loss, "_fn_kwargs", {})} if hasattr(loss, "fn") else {}
    axis, ignored = settings.get("axis"), settings.get("ignore_class")
    return Loss(
        name=_function(getattr(loss, "fn", loss))[0],
        from_logits=bool(settings.get("from_logits", False)),
        label_smoothing=_float(settings.get("label_smoothing")) or 0.0,
        axis=axis if isinstance(axis, int) else -1,
        ignore_class=ignored if isinstance(ignored, int) else None,
        **told,
    )


def _own_loss(loss: Any, told: Mapping[str, Any], head: Head | None, labels: Labels | None) -> Loss:
    """A loss of the user's: one of Keras's where it gives the same values, else nothing but a name."""
    function = getattr(loss, "fn", loss)
    written = _function(function if type(loss).__module__.startswith("keras.") else loss)[0]
    shape = (head.shape or (head.units,)) if head is not None else (1,)
    meaning = meaning_of(loss, shape)
    told = {**told, "custom": True, "written": written, "defined": defined_at(function)}
    if meaning is None:
        # Its name may be that of one of Keras's losses, and is not to be taken for it.
        name = f"own {written}" if written in KNOWN_LOSSES else written
        return Loss(name=name, from_logits=reads_logits(loss, shape), leaves_out=True, **told)
    values = _some(labels) if labels is not None else ()
    out = leaves_out(loss, meaning, shape, values)
    return Loss(name=meaning.name, from_logits=meaning.from_logits, leaves_out=out, **told)


def _some(labels: Labels) -> tuple[float, ...]:
    """Values that the labels take, the smallest and the largest among them."""
    values = tuple(value for value, _ in labels.levels) if labels.form != "one-hot" else ()
    values = values or tuple(dict.fromkeys(labels.quantiles))
    step = max(1, len(values) // _VALUES_ASKED)
    return (*values[::step], values[-1]) if values else ()


def _function(function: Any) -> tuple[str, bool]:
    """The name of a function or object, and whether it is not Keras's own."""
    if isinstance(function, str):
        return function, False
    function = getattr(function, "func", function)
    name = getattr(function, "__name__", None)
    if name is None:
        return snake_case(type(function).__name__), not is_keras(type(function))
    return str(name), not is_keras(function)


def _float(value: Any) -> float | None:
    """A Python, numpy or backend number as a float, None when it is none."""
    if value is None or isinstance(value, str):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _task(name: str, heads: Mapping[str, Head] | None, labels: Mapping[str, Labels] | None) -> str | None:
    """Keras's shape rule: one unit is binary; targets of lower rank are sparse; else categorical."""
    head = (heads or {}).get(name)
    if head is None or not head.units:
        return None
    if head.units == 1:
        return "binary"
    label = (labels or {}).get(name)
    if label is None:
        return None
    return "sparse" if len(label.shape) < max(1, len(head.shape)) else "categorical"


def read_metrics(
    model: Any,
    compile_place: Place | None = None,
    heads: Mapping[str, Head] | None = None,
    labels: Mapping[str, Labels] | None = None,
) -> dict[str, Metrics]:
    """The metrics of each output, by output name; empty when the model was never compiled.

    `Metric.name` is the history key without the output's name in front. `heads` and `labels` decide
    what "accuracy" means before Keras has; without them it is resolved from the loss, and to
    "unknown" where that does not tell either. A metric of the user's own is "custom".
    """
    if not getattr(model, "compiled", False):
        return {}
    names = list(heads) if heads else output_names(model)
    found: dict[str, list[Metric]] = {name: [] for name in names}
    compiled = getattr(model, "_compile_metrics", None)
    if compiled is not None:
        tasks = {name: _task(name, heads, labels) for name in names}
        if None in tasks.values():  # the user's own losses are asked for it, which takes a while
            losses = read_losses(model, compile_place, heads, labels)
            tasks = {name: tasks[name] or _task_of_loss(losses.get(name)) for name in names}
        own = has_own(model, "compute_metrics")
        _collect(found, compiled, "metrics", names, tasks, compile_place, own)
        _collect(found, compiled, "weighted_metrics", names, tasks, compile_place, own)
    return {name: Metrics(uses=tuple(uses)) for name, uses in found.items()}


def _task_of_loss(loss: Loss | None) -> str | None:
    """The task that goes with a loss for classes."""
    if loss is None or not loss.is_for_classes:
        return None
    return loss.name.partition("_")[0]


def _collect(
    found: dict[str, list[Metric]],
    compiled: Any,
    argument: str,
    names: list[str],
    tasks: Mapping[str, str | None],
    place: Place | None,
    own: bool,
) -> None:
    """Add the metrics of one compile argument to those found so far, by output.

    With `own` the model reports figures of its own under their names.
    """
    asked = _metrics_by_output(getattr(compiled, f"_user_{argument}", None), names)
    chosen: list[Any] = getattr(compiled, f"_flat_{argument}", []) if compiled.built else []
    for index, name in enumerate(names):
        resolved = list(chosen[index].metrics) if index < len(chosen) and chosen[index] else []
        for place_in_list, written in enumerate(asked[name]):
            known = resolved[place_in_list] if place_in_list < len(resolved) else None
            metric = _metric(written, known, tasks[name], place)
            if own:
                metric = replace(metric, resolved="custom")
            key = _unique(metric.name, [use.name for use in found[name]], argument)
            found[name].append(replace(metric, name=key))


def _metrics_by_output(given: Any, names: list[str]) -> dict[str, list[Any]]:
    """The metrics each output was given, in order."""
    if not given:
        return {name: [] for name in names}
    if len(names) == 1:
        return {names[0]: _flatten(given)}
    if isinstance(given, (list, tuple)) and len(given) != len(names):
        return {name: [] for name in names}
    spread = _by_output(given, names)
    return {name: _flatten(spread.get(name)) for name in names}


def _flatten(given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, Mapping):
        return [leaf for value in given.values() for leaf in _flatten(value)]
    if isinstance(given, (list, tuple)):
        return [leaf for value in given for leaf in _flatten(value)]
    return [given]


def _unique(name: str, taken: list[str], argument: str) -> str:
    """The key Keras gives a metric whose name is taken."""
    if name not in taken:
        return name
    if argument == "weighted_metrics":
        return f"weighted_{name}"
    return f"{name}_{sum(1 for each in taken if each.rpartition('_')[0] == name or each == name)}"


def _metric(written: Any, known: Any, task: str | None, place: Place | None) -> Metric:
    """One metric from what the user wrote and, once built, what Keras made of it."""
    import keras

    asked = "string" if isinstance(written, str) else "object"
    word = isinstance(written, str) and written.lower() in _ACCURACY_WORDS
    if known is None and word:
        return Metric(
            name=written, resolved=_MEANINGS[task][0] if task else "unknown", asked=asked, place=place
        )
    metric = known
    if metric is None:
        try:
            metric = keras.metrics.get(written)
        except (ValueError, TypeError):
            metric = written
    function = getattr(metric, "_fn", metric)
    resolved, custom = _function(function)
    filled_in = isinstance(function, functools.partial)
    if filled_in or (hasattr(metric, "result") and not _counts_as_keras(metric)):
        custom = True
    threshold = _float(getattr(metric, "threshold", None))
    return Metric(
        name=written if asked == "string" else _name(known or metric),
        resolved="custom" if custom else resolved,
        asked=asked,
        threshold=0.5 if threshold is None else threshold,
        place=place,
    )


def _counts_as_keras(metric: Any) -> bool:
    """Whether a metric object is of a class of Keras's, and nothing was put in the place of its methods."""
    return is_keras(type(metric)) and vars(metric).keys().isdisjoint(("update_state", "result", "__call__"))


def _name(metric: Any) -> str:
    """The history key of a metric object or function, as Keras makes it."""
    if hasattr(metric, "name"):
        return str(metric.name)
    name = str(getattr(metric, "__name__", type(metric).__name__))
    return snake_case(re.sub(r"\W", "", name))


def read_optimizer(
    model: Any,
    place_of: PlaceOf,
    compile_place: Place | None = None,
    first_learning_rate: float | None = None,
) -> Optimizer | None:
    """The compiled optimizer, None when the model was never compiled.

    `first_learning_rate` is the rate read before the first step: then the rate found now is the
    last one. Without it the rate found now stands for the first step.
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    outer = optimizer
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    rate = current_learning_rate(model)
    first = rate if first_learning_rate is None else first_learning_rate
    schedule = getattr(optimizer, "_learning_rate", None)
    is_schedule = hasattr(schedule, "get_config") and callable(schedule)
    place = place_of(optimizer) or place_of(outer)
    return Optimizer(
        name=type(optimizer).__name__,
        learning_rate=first if first is not None else float("nan"),
        last_learning_rate=rate if first_learning_rate is not None else None,
        schedule=type(schedule).__name__ if is_schedule else None,
        momentum=_float(getattr(optimizer, "momentum", None)),
        epsilon=_float(getattr(optimizer, "epsilon", None)),
        clipnorm=_float(getattr(optimizer, "clipnorm", None)),
        global_clipnorm=_float(getattr(optimizer, "global_clipnorm", None)),
        clipvalue=_float(getattr(optimizer, "clipvalue", None)),
        place=place,
        compile_place=compile_place,
    )


def current_learning_rate(model: Any) -> float | None:
    """The rate of the optimizer's next step, None where it cannot be read (weights gone).

    A function of the user's is not called: it may count its calls, and watching changes nothing.
    """
    optimizer = getattr(model, "optimizer", None)
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    held = getattr(optimizer, "_learning_rate", None)
    own = callable(held) and not hasattr(held, "get_config") and not hasattr(held, "assign")
    if optimizer is None or own:
        return None
    try:
        return number(optimizer.learning_rate)
    except Exception:  # during a JAX fit the variables are elsewhere; a user's schedule may raise
        return None
