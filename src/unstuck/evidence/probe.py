"""A live model run without touching it: all state goes in as values and none is written back."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from unstuck.evidence.layers import runs_as_keras
from unstuck.evidence.sample import Batch
from unstuck.watch.backend import Backend

#: What runs in place of a leaf layer's call: see(layer, call, args, kwargs) -> output.
See = Callable[[Any, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]

State = tuple[list[Any], list[Any]]


#: How many times longer by the clock work may take where others have the processors.
_CROWDED = 3.0


class Clock:
    """The seconds that a piece of work may take, and how many are left: none, when the end is past."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._begun = time.perf_counter()

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._begun

    @property
    def left(self) -> float:
        """Seconds until the end, 0.0 when it is past."""
        return max(0.0, self.seconds - self.spent)


class PatientClock(Clock):
    """Counts the seconds of the processors where these are less than those by the clock.

    Where other programs have the processors, the same work is done, and takes longer. A third of the seconds
    by the clock are counted in any case, as work on an accelerator takes none of the processors.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self._worked = time.process_time()

    @property
    def spent(self) -> float:
        """Seconds of work since the start."""
        passed = super().spent
        return max(min(passed, time.process_time() - self._worked), passed / _CROWDED)


@contextlib.contextmanager
def layer_calls(see: See) -> Iterator[None]:
    """Let `see` stand in for every call of a leaf layer in this thread, until the end of the block.

    A leaf is a layer of Keras itself (whatever it holds inside: recurrent layers and wrappers are
    not looked into, their steps run in loops that values must not leave) or a user's layer
    without layers inside.
    """
    import keras

    original, mine, inside = keras.layers.Layer.__call__, threading.get_ident(), [0]

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if inside[0] or threading.get_ident() != mine or not is_leaf(layer):
            return original(layer, *args, **kwargs)
        inside[0] += 1
        try:
            return see(layer, lambda *a, **k: original(layer, *a, **k), args, kwargs)
        finally:
            inside[0] -= 1

    keras.layers.Layer.__call__ = call
    try:
        yield
    finally:
        keras.layers.Layer.__call__ = original


def is_leaf(layer: Any) -> bool:
    """Whether a layer is looked at as one piece."""
    import keras

    if isinstance(layer, keras.Model):
        return False
    if runs_as_keras(layer) or isinstance(layer, (keras.layers.RNN, keras.layers.Wrapper)):
        return True
    return not list(layer._flatten_layers(include_self=False, recursive=False))


def state_of(model: Any, backend: Backend, given: Sequence[np.ndarray] | None = None) -> State | None:
    """Tensors for the model's (trainable, non-trainable) variables.

    Args:
        model: the live model; it is only read.
        backend: its adapter.
        given: arrays that stand in for the variables' values, in the order of `model.weights`, of
            trainable and then non-trainable variables, or of trainable variables alone. What they
            leave out (states of random generators) keeps its value, or zeros where that is gone.

    Returns:
        None when values are missing: on JAX, weights are lost when a step raised in its middle.
    """
    trainable, fixed = list(model.trainable_variables), list(model.non_trainable_variables)
    values: dict[int, np.ndarray] = {}
    if given is not None:
        orders = (list(model.weights), [*trainable, *fixed], trainable)
        shapes = [tuple(np.shape(array)) for array in given]
        order = next((each for each in orders if [tuple(v.shape) for v in each] == shapes), None)
        if order is None:
            return None
        values = {id(variable): array for variable, array in zip(order, given, strict=True)}
    learned = {id(variable) for variable in model.weights}

    def value(variable: Any) -> Any:
        held = values.get(id(variable))
        if held is None:
            held = _current(variable, backend)
        if held is None and id(variable) not in learned:
            held = np.zeros(tuple(variable.shape), str(variable.dtype))
        return held

    found = [value(variable) for variable in (*trainable, *fixed)]
    if any(each is None for each in found):
        return None
    tensors = [_tensor(each, v.dtype) for each, v in zip(found, (*trainable, *fixed), strict=True)]
    return tensors[: len(trainable)], tensors[len(trainable) :]


def _current(variable: Any, backend: Backend) -> np.ndarray | None:
    """A copy of what a variable holds, None where it is deleted."""
    try:
        return None if variable.value is None else backend.to_numpy(variable.value)
    except (RuntimeError, TypeError, ValueError):
        return None


def _tensor(value: Any, dtype: Any) -> Any:
    import keras

    return keras.ops.convert_to_tensor(value, dtype=dtype)


@dataclass(frozen=True)
class BatchAnswer:
    """What the model answers on one batch, as numpy, by output name.

    `losses` are the outputs' losses without penalties, `penalty` the sum of the model's penalties,
    `activity` the layers' outputs in call order, thinned, if they were asked for.
    """

    outputs: Mapping[str, np.ndarray]
    losses: Mapping[str, float]
    masks: Mapping[str, np.ndarray]
    penalty: float
    activity: Sequence[np.ndarray] = ()


class LayerCalls(Protocol):
    """What sees the layers' calls of one way through the model, and the tensors it gives back."""

    outputs: list[Any]

    def see(self, layer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Stand in for a leaf layer's call; return its output."""


class Probe:
    """One model with its output names, and functions of its state."""

    def __init__(self, model: Any, backend: Backend, names: Sequence[str]) -> None:
        self.model = model
        self.backend = backend
        self.names = tuple(names)

    @property
    def own_loss(self) -> bool:
        """Whether the model overrides `compute_loss`, which then gives one figure, penalties and all."""
        import keras

        return type(self.model).compute_loss is not keras.Model.compute_loss

    @property
    def batch_size(self) -> int | None:
        """The batch size that the model's inputs insist on, as a stateful layer needs it; None for any."""
        shape = getattr(next(iter(getattr(self.model, "inputs", None) or ()), None), "shape", None)
        return shape[0] if shape and isinstance(shape[0], int) else None

    def by_name(self, structure: Any) -> dict[str, Any]:
        """The leaves of outputs or targets by output name; "" for the only one.

        Raises:
            ValueError: there is no telling which leaf belongs to which output.
        """
        if structure is None:
            return {}
        if not isinstance(structure, (dict, list, tuple)):
            return {self.names[0] if len(self.names) == 1 else "": structure}
        if isinstance(structure, Mapping):
            if len(structure) == 1 and len(self.names) == 1:
                return {self.names[0]: next(iter(structure.values()))}
            return dict(structure)
        held = list(structure)
        if len(held) == len(self.names):
            return dict(zip(self.names, held, strict=True))
        named = list(getattr(self.model, "output_names", None) or ())
        if len(named) == len(held):
            return dict(zip(named, held, strict=True))
        raise ValueError(f"{len(held)} values for the outputs {', '.join(self.names)}")

    def run(self, state: State, x: Any, training: bool) -> tuple[Any, list[Any]]:
        """Outputs in the model's structure, and its penalties, from tensors; nothing is updated."""
        mode = {"training": training} if getattr(self.model, "_call_has_training_arg", False) else {}
        outputs, _, penalties = self.model.stateless_call(*state, x, return_losses=True, **mode)
        return outputs, list(penalties)

    def losses(self, state: State, x: Any, y: Any, outputs: Any, training: bool) -> dict[str, Any]:
        """The loss of each output as the user compiled it; empty without loss or targets.

        An overridden `compute_loss` gives one figure for the whole model.
        """
        import keras

        if y is None:
            return {}
        answers, targets = self.by_name(outputs), self.by_name(y)
        if self.own_loss:
            if len(answers) > 1:
                return {}
            kept = [keras.ops.zeros(v.shape, v.dtype) for v in self.model.metrics_variables]
            value, _ = self.model.stateless_compute_loss(
                *state, kept, x=x, y=y, y_pred=outputs, training=training
            )
            return {next(iter(answers)): value}
        found = {}
        for name, answer in answers.items():
            target = targets.get(name)
            loss = self._loss(name, target, answer) if target is not None else None
            if loss is not None:
                with keras.StatelessScope(state_mapping=self._mapping(state)):
                    found[name] = loss(target, answer)
        return found

    def _mapping(self, state: State) -> list[tuple[Any, Any]]:
        """The model's variables with their values, for user code that reads or assigns variables."""
        model, (trainable, fixed) = self.model, state
        variables = (*model.trainable_variables, *model.non_trainable_variables)
        return list(zip(variables, (*trainable, *fixed), strict=True))

    def _loss(self, name: str, target: Any, answer: Any) -> Any:
        """The loss object that Keras resolves for an output, None for none."""
        from keras.src.trainers.compile_utils import get_loss

        asked = getattr(getattr(self.model, "_compile_loss", None), "_user_loss", None)
        if isinstance(asked, Mapping):
            asked = next(iter(asked.values())) if len(asked) == len(self.names) == 1 else asked.get(name)
        elif isinstance(asked, (list, tuple)):
            place = self.names.index(name) if name in self.names else len(asked)
            asked = asked[place] if place < len(asked) else None
        return None if asked is None else get_loss(asked, target, answer)

    def forward(
        self, training: bool = False, watch: Callable[[], LayerCalls] | None = None
    ) -> Callable[..., Any]:
        """A compiled f(trainable, fixed, x, y) that answers a batch.

        `watch` makes what sees the layers' calls, afresh each time the model is gone through.
        """

        def function(trainable: Any, fixed: Any, x: Any, y: Any) -> dict[str, Any]:
            state, seen = (list(trainable), list(fixed)), watch() if watch is not None else None
            with layer_calls(seen.see) if seen is not None else contextlib.nullcontext():
                outputs, penalties = self.run(state, x, training)
            named = self.by_name(outputs)
            masks = {name: mask_of(answer) for name, answer in named.items()}
            return {
                "outputs": {name: as_float(answer) for name, answer in named.items()},
                "losses": self.losses(state, x, y, outputs, training),
                "masks": {name: mask for name, mask in masks.items() if mask is not None},
                "penalties": penalties,
                "activity": seen.outputs if seen is not None else [],
            }

        return self.backend.compiled(function)

    def answer(
        self,
        function: Callable[..., Any],
        state: State,
        batch: Batch,
        losses: bool = True,
        activity: bool = False,
    ) -> BatchAnswer:
        """Run a function of `forward` on one batch."""
        found = function(*state, tensors(batch.x), tensors(batch.y) if losses else None)
        numpy = self.backend.to_numpy
        return BatchAnswer(
            outputs={name: numpy(value) for name, value in found["outputs"].items()},
            losses={name: float(np.mean(numpy(value))) for name, value in found["losses"].items()},
            masks={name: numpy(value).astype(bool) for name, value in found["masks"].items()},
            penalty=float(sum(float(np.sum(numpy(value))) for value in found["penalties"])),
            activity=[numpy(value) for value in found["activity"]] if activity else (),
        )


def mask_of(tensor: Any) -> Any:
    """The mask that Keras keeps with a tensor, None for none."""
    from keras.src.backend import get_keras_mask

    return get_keras_mask(tensor)


def with_mask_of(tensor: Any, origin: Any) -> Any:
    """The tensor with the mask of the one it was made from."""
    return masked(tensor, mask_of(origin))


def masked(tensor: Any, mask: Any) -> Any:
    """The tensor with this mask, None for none."""
    from keras.src.backend import set_keras_mask

    if mask is not None:
        set_keras_mask(tensor, mask)
    return tensor


def as_float(tensor: Any) -> Any:
    """A tensor that numpy can read: half floats become single."""
    import keras

    kind = keras.backend.standardize_dtype(tensor.dtype)
    return keras.ops.cast(tensor, "float32") if kind in ("float16", "bfloat16") else tensor


def tensors(structure: Any) -> Any:
    """The structure with backend tensors for its numpy leaves."""
    import keras

    from unstuck.evidence.sample import over

    return over(keras.ops.convert_to_tensor, structure)
