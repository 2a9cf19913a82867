"""Where the gradient of the loss stops on its way back through the layers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from unstuck.evidence.bindings import called_name
from unstuck.evidence.definitions import definition_of
from unstuck.evidence.facts import Cut, Place
from unstuck.evidence.kinds import words
from unstuck.evidence.layers import is_keras, kind_of
from unstuck.evidence.probe import Probe, layer_calls, state_of, tensors, with_mask_of
from unstuck.evidence.sample import samples
from unstuck.watch.backend import backend
from unstuck.watch.places import defined_at, is_library
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: Rows that the gradient is taken on: what is cut is cut on each of them.
ROWS = 16

#: Calls after which there is no slope: steps, whole numbers, choices, and ways out of the graph.
_FLAT = words(
    "stop_gradient round floor ceil sign argmax argmin argsort top_k detach numpy convert_to_numpy one_hot "
    "searchsorted digitize greater greater_equal less less_equal equal not_equal trunc int long bool"
)

#: Casts to these have no slope.
_WHOLE = ("int", "bool", "uint")


def find_cut(model: Any, training: Rows, names: Sequence[str]) -> Cut | None:
    """The layer that passes no gradient on though its output changes with its input and the loss with that.

    Zeros are added to the input and to the output of every layer, and the loss is differentiated by them:
    where the gradient by the output is not 0 and that by the input is exactly 0, it stops in the layer. None
    where that happens nowhere, or the model has no loss on these rows.
    """
    probe = Probe(model, backend(), tuple(names))
    state = state_of(model, probe.backend)
    if state is None:
        return None
    batch = samples(training, None, {}, own=probe.batch_size)[0].batch(0).thinned(ROWS)
    x, y = tensors(batch.x), tensors(batch.y)
    with unseen(model):
        try:
            shapes = shapes_of(probe, state, x)
            values, gradients, _ = gradients_by_call(probe, state, shapes, x, y)
        except Exception:  # no loss on these rows, or layers that take no more than their own tensors
            return None
    return _within(shapes.calls, values, gradients) or _between(model, shapes.calls, values, gradients)


def _within(calls: Sequence[TappedCall], spreads: Sequence[float], gradients: _Gradients) -> Cut | None:
    """The last layer that the gradient stops in."""
    for index, (call, spread) in reversed(list(enumerate(zip(calls, spreads, strict=True)))):
        if _cuts(call, gradients) and spread > 0.0:
            return Cut(
                layer=call.layer.name,
                kind=kind_of(call.layer),
                custom=_is_own(call.layer),
                behind=_paths(calls[:index]),
                output_gradient=gradients[call.after] if call.after is not None else 0.0,
                output_spread=spread,
                whole=call.after is None,
                place=_flat_line(call.layer),
            )
    return None


def _between(
    model: Any, calls: Sequence[TappedCall], spreads: Sequence[float], gradients: _Gradients
) -> Cut | None:
    """The last two layers between which the model's own code lets the gradient stop."""
    pairs = list(enumerate(zip(pairwise(calls), spreads, strict=False)))
    for index, ((first, second), spread) in reversed(pairs):
        heard = second.after if second.before is None else second.before  # ids have no gradient
        if first.after is None or heard is None or spread == 0.0:
            continue
        if gradients[first.after] == 0.0 != gradients[heard]:
            return Cut(
                layer=second.layer.name,
                kind=kind_of(second.layer),
                custom=True,
                before=first.layer.name,
                behind=_paths(calls[: index + 1]),
                output_gradient=gradients[heard],
                output_spread=spread,
                place=None if is_keras(type(model)) else _flat_line(model),
            )
    return None


def _paths(calls: Sequence[TappedCall]) -> tuple[str, ...]:
    """The paths of the weights of these layers."""
    return tuple(dict.fromkeys(weight.path for call in calls for weight in call.layer.weights))


def _is_own(layer: Any) -> bool:
    return not is_keras(type(layer)) or kind_of(layer) == "Lambda"


#: The largest entry of the gradient by tap.
_Gradients = Mapping[int, float]


@dataclass
class TappedCall:
    """One call of a layer: the numbers of the taps before and after it, None where no float passes."""

    layer: Any
    before: int | None = None
    after: int | None = None


@dataclass
class Taps:
    """Sees the layers' calls; adds the given zeros where there are any, else notes their shapes."""

    extra: Sequence[Any] = ()
    calls: list[TappedCall] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    spreads: list[Any] = field(default_factory=list)

    def see(self, layer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for a layer's call."""
        import keras

        this = TappedCall(layer)
        self.calls.append(this)
        if args and _is_float(args[0]):
            this.before, tensor = self._tap(args[0])
            args = (tensor, *args[1:])
        output = call(*args, **kwargs)
        single = keras.ops.is_tensor(output)
        numbers = keras.ops.cast(output, "float32") if single else keras.ops.zeros((1, 1))
        self.spreads.append(keras.ops.max(keras.ops.std(numbers, axis=0)))
        if single and _is_float(output):
            this.after, output = self._tap(output)
        return output

    def _tap(self, tensor: Any) -> tuple[int, Any]:
        number = len(self.shapes)
        self.shapes.append(tuple(tensor.shape))
        if not self.extra:
            return number, tensor
        return number, with_mask_of(tensor + self.extra[number], tensor)


def _is_float(tensor: Any) -> bool:
    import keras

    return keras.ops.is_tensor(tensor) and "float" in keras.backend.standardize_dtype(tensor.dtype)


def shapes_of(probe: Probe, state: Any, x: Any) -> Taps:
    """The calls of the model's layers, with the shapes of what passes between them."""
    taps = Taps()

    def look(trainable: Any, fixed: Any, x: Any) -> Any:
        with layer_calls(taps.see):
            probe.run((list(trainable), list(fixed)), x, False)
        return x

    probe.backend.compiled(look)(*state, x)
    return taps


def gradients_by_call(
    probe: Probe, state: Any, shapes: Taps, x: Any, y: Any
) -> tuple[list[float], _Gradients, float]:
    """The spread of each call's output over rows, the largest gradient by tap, and the loss."""
    import keras

    def function(extra: Any, trainable: Any, fixed: Any, x: Any, y: Any) -> tuple[Any, Any]:
        now, taps = (list(trainable), list(fixed)), Taps(list(extra))
        with layer_calls(taps.see):
            outputs, _ = probe.run(now, x, False)
        losses = probe.losses(now, x, y, outputs, False)
        if not losses:
            raise ValueError("the model has no loss on these rows")
        return sum(keras.ops.mean(loss) for loss in losses.values()), taps.spreads

    extra = [keras.ops.zeros(shape, "float32") for shape in shapes.shapes]
    (loss, spreads), found = probe.backend.gradient(function)(extra, *state, x, y)
    numpy = probe.backend.to_numpy
    sizes = {
        index: 0.0 if each is None else float(np.abs(numpy(each)).max()) for index, each in enumerate(found)
    }
    return [float(numpy(each)) for each in spreads], sizes, float(numpy(loss))


def _cuts(call: TappedCall, gradients: _Gradients) -> bool:
    """Whether the loss hears of a call's output and not of its input; of whole numbers nothing is heard."""
    if call.before is None or gradients[call.before] != 0.0:
        return False
    if call.after is None:
        return _is_own(call.layer)
    return gradients[call.after] != 0.0


def _flat_line(layer: Any) -> Place | None:
    """The first line of a layer's own code that has no slope, else where that code begins."""
    function: Any = layer.function if kind_of(layer) == "Lambda" else type(layer).call
    begins = defined_at(function)
    if begins is None:
        return None
    defined = definition_of(function)
    if defined is None:
        return begins
    if is_library(begins.file):
        return None
    line = defined.line_of(_has_no_slope)
    return begins if line is None else Place(file=begins.file, line=line)


def _has_no_slope(call: ast.AST) -> bool:
    if isinstance(call, (ast.Assign, ast.Return)):
        return isinstance(call.value, ast.Compare)  # hard = x > .5
    if not isinstance(call, ast.Call):
        return False
    name = called_name(call)
    if name not in ("cast", "astype", "to"):
        return name in _FLAT
    if any(isinstance(each, ast.Compare) for each in ast.walk(call)):
        return True
    texts = [each.value for each in ast.walk(call) if isinstance(each, ast.Constant)]
    return any(isinstance(text, str) and text.startswith(_WHOLE) for text in texts)
