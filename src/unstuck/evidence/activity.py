"""What flows through the layers of a live model: activations forward, gradients backward."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from unstuck.evidence.facts import Activity, Gradients, LayerActivity, LayerGradient
from unstuck.evidence.layers import activation_of, is_keras, kind_of
from unstuck.evidence.probe import Probe, State, layer_calls, mask_of, tensors, with_mask_of
from unstuck.evidence.sample import Batch

#: Activations that answer exactly zero for half of all inputs.
_RELUS = frozenset({"relu", "relu6"})

#: Beyond this share of its bound an activation passes on less than 2% (tanh) or 4% (sigmoid) of its
#: largest slope.
_SATURATED = 0.99

#: What each end of the range of an own function holds at least, and what lies between them, where it is taken
#: for one that flattens out on both sides.
_EACH_END, _BETWEEN = 0.1, 0.005

#: Bins of `Gradients.by_time`.
_BINS = 64


def read_activity(
    layers: Sequence[Any], found: Sequence[Sequence[Mapping[str, np.ndarray]]], rows: int
) -> Activity:
    """The record of what `LayerWatch` saw.

    Args:
        layers: the layers in call order.
        found: the summaries (`summarise`) of each batch, in the order of `layers`.
        rows: the rows of all batches.
    """
    return Activity(
        rows=rows,
        layers=tuple(
            _layer_activity(layer, [one[place] for one in found]) for place, layer in enumerate(layers)
        ),
    )


def summarise(layer: Any, values: np.ndarray) -> dict[str, np.ndarray]:
    """A layer's output on one batch in a few numbers by unit.

    `mean`, `square` (mean squared deviation), `low` and `high` are by unit, over finite entries (0
    stands in for others); `zero_rows`, `nonfinite` and `saturated` are single numbers.
    """
    if values.ndim < 2:
        values = values.reshape(-1, 1)
    if getattr(layer, "data_format", None) == "channels_first" and values.ndim > 2:
        values = np.moveaxis(values, 1, -1)
    finite = np.isfinite(values)
    whole = bool(finite.all())
    known = values if whole else np.where(finite, values, 0)
    flat = known.reshape(-1, values.shape[-1])
    mean = flat.mean(axis=0, dtype=np.float64)
    summary = {
        "mean": mean,
        "square": np.square(flat - mean.astype(np.float32)).mean(axis=0, dtype=np.float64),
        "low": flat.min(axis=0),
        "high": flat.max(axis=0),
        "zero_rows": np.mean(~values.reshape(len(values), -1).any(axis=1)),
        "nonfinite": np.array(0 if whole else finite.size - int(finite.sum())),
    }
    activation = _function_of(layer)
    if activation in ("tanh", "hard_tanh"):
        summary["saturated"] = np.mean(np.abs(flat) > _SATURATED)
    elif activation in ("sigmoid", "hard_sigmoid"):
        summary["saturated"] = np.mean((flat > _SATURATED) | (flat < 1 - _SATURATED))
    elif activation == "custom" and not layer.weights:
        summary["saturated"] = _at_both_ends(flat)
    return summary


def _function_of(layer: Any) -> str | None:
    """The layer's activation; "custom" also for a layer of the user's own that trains nothing."""
    own = not is_keras(type(layer)) and not layer.trainable_weights
    return "custom" if own else activation_of(layer)


def _at_both_ends(flat: np.ndarray) -> np.ndarray:
    """The share of values at either end of their range, for a function whose bounds are not known.

    0 where one end holds few of them, as below a bound that is seldom met, and where hardly any lies between
    the ends: a function of two values is a step, and not one that has become flat.
    """
    low, high = float(flat.min()), float(flat.max())
    reach = (1.0 - _SATURATED) * (high - low) / 2.0
    ends = np.mean(flat <= low + reach), np.mean(flat >= high - reach)
    between = 1.0 - sum(ends)
    return np.asarray(sum(ends) if min(ends) >= _EACH_END and between >= _BETWEEN else 0.0)


def _thin(output: Any, most: int) -> Any:
    """A layer's output in float32 with at most `most` bytes, by leaving out rows evenly; None for no numbers.

    It is reduced to numbers outside of the compiled function: reductions there cost more seconds
    of compilation on JAX than the whole network.
    """
    import keras
    from keras import ops

    shape = tuple(getattr(output, "shape", None) or ())
    if not shape or None in shape[1:] or 0 in shape[1:]:
        return None
    if keras.backend.standardize_dtype(output.dtype) in ("string", "bool"):
        return None
    stride = 1
    if shape[0] is not None:
        stride = min(shape[0], max(1, math.ceil(4 * math.prod(shape) / most)))
    return ops.cast(output[::stride], "float32")


def _layer_activity(layer: Any, found: Sequence[Mapping[str, np.ndarray]]) -> LayerActivity:
    """One layer's record from its summaries of batches of one shape."""
    means = np.stack([one["mean"] for one in found]).astype(np.float64)
    squares = np.stack([one["square"] for one in found]).astype(np.float64)
    low, high = np.min([one["low"] for one in found], axis=0), np.max([one["high"] for one in found], axis=0)
    # Batches are equally large: the variance of all is the mean of theirs and the variance of their means.
    variances = np.where(low == high, 0.0, squares.mean(axis=0) + means.var(axis=0))
    by_unit = means.mean(axis=0)
    nonfinite = int(sum(int(one["nonfinite"]) for one in found))
    activation = _function_of(layer)
    rectified = activation in (*_RELUS, "custom") and not nonfinite
    saturated = [float(one["saturated"]) for one in found if "saturated" in one]
    return LayerActivity(
        name=layer.name,
        kind=kind_of(layer),
        activation=activation,
        units=len(low),
        dead=float(((low == 0) & (high == 0)).mean()) if rectified else 0.0,
        saturated=float(np.mean(saturated)) if saturated else 0.0,
        zero_rows=float(np.mean([one["zero_rows"] for one in found])),
        mean=float(by_unit.mean()),
        std=float(np.sqrt(variances.mean() + by_unit.var())) if low.min() < high.max() else 0.0,
        unit_std=float(np.sqrt(variances.max())),
        nonfinite=nonfinite,
    )


@dataclass
class TimePoint:
    """Where the gradient by time step is taken: the output of an embedding, or a recurrent input.

    `call` counts the calls of leaf layers in the order in which the model makes them; `shape` is
    that of the tensor without its batch axis, (steps, features). `before` says that it is the
    layer's input. `rank` orders candidates: an embedding comes first, then the longer time axis.
    """

    call: int
    shape: tuple[int, int]
    before: bool
    rank: tuple[bool, int] = field(default=(False, 0))


class LayerWatch:
    """Sees the leaf layers' calls as the model is gone through, and changes nothing.

    `layers` are those whose outputs are numbers, in call order, `outputs` the tensors, thinned to
    `most` bytes each (0: none are taken); `point` is where a gradient by time step can be taken,
    None if no time passes.
    """

    def __init__(self, most: int) -> None:
        self.layers: list[Any] = []
        self.outputs: list[Any] = []
        self.point: TimePoint | None = None
        self._calls, self._most = 0, most

    def see(self, layer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for a layer's call."""
        import keras

        output = call(*args, **kwargs)
        if isinstance(layer, keras.layers.Embedding):
            self._offer(output, before=False)
        elif isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional)) and args:
            self._offer(args[0], before=True)
        self._calls += 1
        first = output[0] if isinstance(output, (list, tuple)) and output else output
        thinned = _thin(first, self._most) if self._most else None
        if thinned is not None:
            self.layers.append(layer)
            self.outputs.append(thinned)
        return output

    def _offer(self, tensor: Any, before: bool) -> None:
        shape = tuple(getattr(tensor, "shape", ()))
        if len(shape) != 3 or shape[1] is None or shape[1] < 2 or shape[2] is None:
            return
        # Among recurrent layers the first counts; among embeddings the longest.
        rank = (not before, 0 if before else shape[1])
        if self.point is None or rank > self.point.rank:
            self.point = TimePoint(self._calls, (int(shape[1]), int(shape[2])), before, rank)


class _Tap:
    """Adds `extra` (zeros) at a time point, so that its gradient is that of the point."""

    def __init__(self, point: TimePoint | None, extra: Sequence[Any]) -> None:
        self.layers: list[Any] = []
        self.ids: Any = None
        self._point, self._extra, self._calls = point, list(extra), 0

    def see(self, layer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for a layer's call."""
        self.layers.append(layer)
        point, here = self._point, self._calls
        self._calls += 1
        if point is None or here != point.call or not self._extra:
            return call(*args, **kwargs)
        if point.before:
            self.ids = _one_value(args[0])
            return call(with_mask_of(args[0] + self._extra[0], args[0]), *args[1:], **kwargs)
        output = call(*args, **kwargs)
        self.ids = args[0]
        return (
            with_mask_of(output + self._extra[0], output)
            if mask_of(output) is not None
            else (output + self._extra[0])
        )


def _one_value(tensor: Any) -> Any:
    """(rows, steps): the value that all features of a step share, NaN where they differ."""
    from keras import ops

    first = tensor[..., 0]
    same = ops.all(tensor == ops.expand_dims(first, -1), axis=-1)
    return ops.where(same, ops.cast(first, "float32"), float("nan"))


def read_gradients(
    probe: Probe, state: State, batch: Batch, weights: Mapping[str, float], point: TimePoint | None
) -> Gradients:
    """The gradient of the whole training loss (penalties too) on one batch, dropout off.

    Args:
        probe: the model.
        state: its weights.
        batch: the rows.
        weights: the loss weight by output; 1 where it is missing.
        point: where to take the gradient by time step, None for nowhere.

    Raises:
        ValueError: the model has no loss on these rows.
    """
    import keras

    trainable, fixed = state
    variables = list(probe.model.trainable_variables)
    count, seen = len(trainable), list[Any]()

    def function(given: Any, fixed: Any, x: Any, y: Any) -> tuple[Any, dict[str, Any]]:
        now = (list(given[:count]), list(fixed))
        tap = _Tap(point, given[count:])
        with layer_calls(tap.see):
            outputs, penalties = probe.run(now, x, False)
        seen[:] = tap.layers
        losses = probe.losses(now, x, y, outputs, False)
        if not losses:
            raise ValueError("the model has no loss on these rows")
        parts = [weights.get(name, 1.0) * keras.ops.mean(loss) for name, loss in losses.items()]
        if not probe.own_loss:
            parts += [keras.ops.sum(penalty) for penalty in penalties]
        return sum(parts[1:], parts[0]), {} if tap.ids is None else {"ids": tap.ids}

    extra = []
    if point is not None:
        extra = [keras.ops.zeros((len(batch.rows), *point.shape), "float32")]
    gradient = probe.backend.gradient(function)
    (_, aux), found = gradient([*trainable, *extra], fixed, tensors(batch.x), tensors(batch.y))
    arrays = [None if each is None else probe.backend.to_numpy(each) for each in found]
    by_time: dict[str, Any] = {}
    in_time = arrays[count] if extra else None
    if in_time is not None and "ids" in aux:
        by_time = _by_time(in_time, probe.backend.to_numpy(aux["ids"]))
    layers = _layer_gradients(probe.model, seen, variables, arrays[:count])
    return Gradients(rows=len(batch.rows), layers=layers, **by_time)


def _layer_gradients(
    model: Any, called: Sequence[Any], variables: Sequence[Any], arrays: Sequence[np.ndarray | None]
) -> tuple[LayerGradient, ...]:
    """Norms by layer, in call order; weights that a containing layer holds itself come last."""
    left = {id(variable): array for variable, array in zip(variables, arrays, strict=True)}
    rest = [layer for layer in model._flatten_layers() if layer is not model]
    found = []
    for layer in (*called, *rest, model):
        own = layer.trainable_variables if layer in called else layer._trainable_variables
        parts = [(left.pop(id(v)), math.prod(v.shape)) for v in own if id(v) in left]
        if not parts:
            continue
        norm = math.sqrt(sum(_square_sum(array) for array, _ in parts if array is not None))
        size = sum(size for _, size in parts)
        found.append(
            LayerGradient(name=layer.name, kind=kind_of(layer), norm=norm, rms=norm / math.sqrt(size or 1))
        )
    return tuple(found)


def _square_sum(array: np.ndarray) -> float:
    """The sum of squares in double precision, a piece at a time to save memory."""
    flat = array.reshape(-1)
    pieces = np.array_split(flat, max(1, flat.size >> 20))
    return sum(float(np.square(piece, dtype=np.float64).sum()) for piece in pieces)


def _by_time(gradient: np.ndarray, ids: np.ndarray) -> dict[str, Any]:
    """Root mean square gradients by time step, at real and at padding positions.

    Args:
        gradient: (rows, steps, features).
        ids: (rows, steps), what stands at each step.
    """
    squares = np.square(gradient, dtype=np.float64).mean(axis=2)
    bins = np.array_split(squares.mean(axis=0), min(_BINS, squares.shape[1]))
    found: dict[str, Any] = {"by_time": tuple(math.sqrt(part.mean()) for part in bins)}
    padded = padding(ids) if ids.shape == squares.shape else np.zeros(squares.shape, bool)
    if not padded.all():
        found["real_tokens"] = math.sqrt(squares[~padded].mean())
    if padded.any():
        found["padding"] = math.sqrt(squares[padded].mean())
    return found


def padding(ids: np.ndarray) -> np.ndarray:
    """Which positions are padding: runs of one value at an edge of the time axis, (rows, steps).

    The value is the most frequent one of that edge. A run counts from two steps on, and an edge
    counts when at least one row in ten has such a run: sentences do not all end in a doubled word.
    """
    padded = np.zeros(ids.shape, bool)
    for trailing in (True, False):
        turned = ids[:, ::-1] if trailing else ids
        edge = turned[:, 0][~np.isnan(turned[:, 0])]
        if not edge.size:
            continue
        values, counts = np.unique(edge, return_counts=True)
        runs = np.logical_and.accumulate(turned == values[counts.argmax()], axis=1)
        runs &= (runs.sum(axis=1) >= 2)[:, None]
        if runs.any(axis=1).mean() >= 0.1:
            padded |= runs[:, ::-1] if trailing else runs
    return padded
