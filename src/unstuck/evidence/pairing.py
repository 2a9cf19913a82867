"""Whether a loss compares each target with its own answer, or with the answers of all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.compiled import live_loss
from unstuck.evidence.facts import Pairing, Place
from unstuck.evidence.meaning.asking import reaches_out
from unstuck.evidence.meaning.losses import is_own, mean_of
from unstuck.evidence.model import has_own
from unstuck.evidence.probe import Probe, State, mask_of, masked, state_of, tensors
from unstuck.evidence.sample import Batch, leaves, samples
from unstuck.watch.backend import Backend, backend
from unstuck.watch.places import defined_at
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: Rows of the batch: as many losses are asked for, and few tensors have an axis of this length.
ROWS = 17

#: Float32 sums the same pairs in another order to some 1e-6 of their size.
ROUNDING = 1e-5


def ask_about_pairing(
    model: Any, training: Rows, names: Sequence[str], initial_weights: Sequence[np.ndarray] | None
) -> Pairing | None:
    """What the loss of one batch becomes when its targets are dealt out anew, as given and as a column.

    Shapes alone, without losses, where targets and answers do not broadcast to more than they are, and None
    where the model cannot be asked. The weights are the initial ones where they are known, as the answers of
    a training that failed may all be alike. The model is left as it is.
    """
    targets = leaves(training.y)
    if len(names) != 1 or len(targets) != 1 or len(targets[0]) < ROWS:
        return None
    probe = Probe(model, backend(), tuple(names))
    state = (initial_weights and state_of(model, probe.backend, initial_weights)) or state_of(
        model, probe.backend
    )
    if state is None or _reaches_out(model):
        return None
    batch = samples(training, None, {}, own=probe.batch_size)[0].batch(0)
    if len(batch.rows) < ROWS:
        return None
    with unseen(model):
        try:
            return _asked(model, probe, state, batch.thinned(ROWS))
        except Exception:  # a train_step of the user's may not run outside of its fit: then nothing is known
            return None


def _reaches_out(model: Any) -> bool:
    """Whether a step of the user's would be noticed outside when it is run again."""
    own = (name for name in ("train_step", "compute_loss") if has_own(model, name))
    return any(reaches_out(getattr(model, name)) for name in own)


def _asked(model: Any, probe: Probe, state: State, batch: Batch) -> Pairing | None:
    answer = probe.answer(probe.forward(), state, batch, losses=False)
    shape = next(iter(answer.outputs.values())).shape
    given = leaves(batch.y)[0]
    shapes = Pairing(targets=tuple(given.shape), answers=tuple(shape))
    if given.dtype.kind not in "biuf" or given.size != np.prod(shape):
        return shapes
    spread = _spread(given.shape, shape)
    blind = _in_any_shape(model, probe, given.reshape(shape))
    if spread is None and not blind:
        return shapes
    asked, ask, run = _loss_of(model, probe, state, batch)
    place = _line(probe.backend, spread or (ROWS, ROWS), *run, tensors(batch.x), tensors(given))
    return replace(
        shapes,
        asked=asked,
        place=place or defined_at(getattr(type(model), asked, None)),
        **(blind or _dealt(ask, given, shape)),
    )


def _in_any_shape(model: Any, probe: Probe, targets: np.ndarray) -> dict[str, Any]:
    """The fields of a Pairing where a compiled loss of the user's is blind in the answers' shape; else empty.

    It may flatten one of the two itself. It is asked about made-up answers, which all differ: those of a
    model may all be alike, and then no loss tells its rows apart.
    """
    loss = live_loss(model, probe.names[0], list(probe.names))
    own = (
        loss is not None
        and is_own(loss)
        and not any(has_own(model, n) for n in ("train_step", "compute_loss"))
    )
    if not own or targets.size != ROWS:
        return {}
    places = np.linspace(targets.min(), targets.max(), ROWS + 2)[1:-1].reshape(targets.shape)

    def ask(y: np.ndarray) -> float:
        return mean_of(loss, y, places)

    orders = [ask(targets), ask(np.roll(targets, ROWS // 2, axis=0)), ask(targets[::-1])]
    if max(orders) - min(orders) > ROUNDING * abs(orders[0]):
        return {}
    alike = [ask(np.full_like(targets, value)) for value in targets.reshape(-1)]
    return {
        "in_any_shape": True,
        **dict(zip(("as_given", "dealt", "reversed"), orders, strict=True)),
        **{"lowest": min(alike), "highest": max(alike), "all_pairs": float(np.mean(alike))},
    }


def _spread(targets: tuple[int, ...], answers: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape that the two broadcast to where it is larger than both, though they are equally large."""
    try:
        both = np.broadcast_shapes(targets, answers)
    except ValueError:
        return None
    return both if np.prod(targets) == np.prod(answers) < np.prod(both) else None


def _dealt(
    ask: Callable[[np.ndarray], float], given: np.ndarray, answers: tuple[int, ...]
) -> dict[str, float]:
    """The fields of a Pairing: losses with the targets as given and in the answers' shape."""
    column = given.reshape(answers)
    paired = [ask(np.roll(column, by, axis=0)) for by in range(ROWS)]
    return {
        "as_given": ask(given),
        "dealt": ask(np.roll(given, ROWS // 2, axis=0)),
        "reversed": ask(given[::-1]),
        "paired": paired[0],
        "lowest": min(paired),
        "highest": max(paired),
        "all_pairs": float(np.mean(paired)),
    }


def _loss_of(
    model: Any, probe: Probe, state: State, batch: Batch
) -> tuple[str, Callable[[np.ndarray], float], tuple[Any, ...]]:
    """Which loss is asked, a function of the targets that gives it, and what runs it before (x, y)."""
    x, numpy = tensors(batch.x), probe.backend.to_numpy
    if has_own(model, "train_step"):
        step = probe.backend.own_step(model, state)

        def of_step(y: np.ndarray) -> float:
            return _reported(step(x, tensors(np.ascontiguousarray(y))), numpy)

        return "train_step", of_step, (step,)
    if probe.own_loss:
        forward, in_answers_shape = probe.forward(), probe.forward()  # one graph knows one rank of targets

        def of_own_loss(y: np.ndarray) -> float:
            function = forward if y.ndim == leaves(batch.y)[0].ndim else in_answers_shape
            answer = probe.answer(function, state, Batch(batch.x, np.ascontiguousarray(y), batch.rows))
            return next(iter(answer.losses.values()))

        return "compute_loss", of_own_loss, (forward, *state)
    return "loss", _of_one_answer(probe, state, x), (probe.forward(), *state)


def _of_one_answer(probe: Probe, state: State, x: Any) -> Callable[[np.ndarray], float]:
    """The compiled loss as a function of the targets: the model answers once, which may take long."""
    import keras

    def answered(trainable: Any, fixed: Any, x: Any) -> tuple[Any, Any]:
        outputs, _ = probe.run((list(trainable), list(fixed)), x, False)
        answer = next(iter(probe.by_name(outputs).values()))
        return answer, mask_of(answer)

    def cost(trainable: Any, fixed: Any, x: Any, y: Any, answer: Any, mask: Any) -> Any:
        given = masked(keras.ops.copy(answer), mask)  # a copy, as a loss of the user's may write into it
        return next(iter(probe.losses((list(trainable), list(fixed)), x, y, given, False).values()))

    answer, mask = probe.backend.compiled(answered)(*state, x)
    by_rank: dict[int, Callable[..., Any]] = {}  # one graph knows one rank of targets

    def of_loss(y: np.ndarray) -> float:
        function = by_rank.setdefault(y.ndim, probe.backend.compiled(cost))
        value = function(*state, x, tensors(np.ascontiguousarray(y)), answer, mask)
        return float(np.mean(probe.backend.to_numpy(value)))

    return of_loss


def _reported(logs: Any, numpy: Callable[[Any], np.ndarray]) -> float:
    """The loss that a train_step logs: "loss", or the only figure."""
    if isinstance(logs, Mapping) and ("loss" in logs or len(logs) == 1):
        value = logs["loss"] if "loss" in logs else next(iter(logs.values()))
        return float(np.mean(numpy(value)))
    return float("nan")


def _line(on: Backend, shape: tuple[int, ...], function: Any, *given: Any) -> Place | None:
    try:
        return on.line_of_shape(shape, function, *given)
    except Exception:  # a place is worth little enough to do without
        return None
