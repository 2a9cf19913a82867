"""A model's loss as a function of small moves: of its weights, and of what its layers put out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from unstuck.evidence.compiled import read_losses
from unstuck.evidence.data import by_output, describe_labels
from unstuck.evidence.model import output_names, read_heads
from unstuck.evidence.probe import Probe, State, layer_calls, state_of, tensors, with_mask_of
from unstuck.evidence.sample import leaves, spaced
from unstuck.lab.build import Start, build, fit_arrays
from unstuck.lab.recipe import Recipe, taken
from unstuck.watch.backend import backend
from unstuck.watch.unseen import unseen, unseen_runs

#: Rows of the loss: enough that no unit is silent for all, few enough to be quick.
ROWS = 16


@dataclass
class Called:
    """One call of a leaf layer: what it put out, and which later calls read that."""

    layer: Any
    shape: tuple[int, ...]
    consumers: list[int] = field(default_factory=list)
    ends: bool = False


class Movable:
    """A model on a few rows, its loss as a function of how far each of several directions is gone."""

    def __init__(self, recipe: Recipe, start: Start) -> None:
        """Build the model and look once at its layers' calls.

        Raises:
            Exception: whatever the user's layers raise, or what the backend cannot do.
        """
        import keras

        self.model = build(recipe, weights=start)
        heads = read_heads(self.model, lambda _: None)
        names = tuple(heads) or tuple(output_names(self.model)) or ("",)
        self.probe = Probe(self.model, backend(), names)
        state = state_of(self.model, backend())
        if state is None:
            raise ValueError("the weights of the model cannot be read")
        self.state: State = state
        (x, y), _ = recipe.split()
        count = min(len(leaf) for leaf in leaves(x))
        few = spaced(count, min(ROWS, count))
        self.x, self.y = (fit_arrays(taken(part, few)) for part in (x, y))
        self.rows = len(few)
        labels = {name: describe_labels(part) for name, part in by_output(self.y, list(names)).items()}
        losses = read_losses(self.model, None, heads, labels)
        self.weights = {name: loss.weight for name, loss in losses.items()}
        self.precision = str(keras.config.floatx())
        self.calls: list[Called] = []
        self.unseen: Callable[[], AbstractContextManager[None]] = lambda: unseen(self.model)
        self._scout()

    def _scout(self) -> None:
        """Note the calls of layers, and who reads whom."""
        import keras

        made: list[Any] = []

        def see(layer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            number = len(self.calls)
            read = [each for each in keras.tree.flatten((args, kwargs)) if hasattr(each, "shape")]
            for index, tensor in enumerate(made):
                if any(each is tensor for each in read):
                    self.calls[index].consumers.append(number)
            first = output if hasattr(output, "dtype") else None
            kind = keras.backend.standardize_dtype(first.dtype) if first is not None else ""
            whole = first is not None and kind.startswith("float")
            shape = tuple(first.shape) if first is not None and whole else ()
            self.calls.append(Called(layer, shape if None not in shape else ()))
            made.append(output)
            return output

        def once(trainable: Any, fixed: Any, x: Any) -> Any:
            self.calls.clear()
            made.clear()
            with layer_calls(see):
                outputs, _ = self.probe.run((list(trainable), list(fixed)), x, True)
            for index, tensor in enumerate(made):
                self.calls[index].ends = any(each is tensor for each in keras.tree.flatten(outputs))
            return outputs

        with self.unseen():
            self.probe.backend.compiled(once)(*self.state, tensors(self.x))

    def loss(self, state: State, x: Any, y: Any, outputs: Any, penalties: Sequence[Any]) -> Any:
        """The whole loss, penalties too.

        Raises:
            ValueError: the model has no loss on these rows.
        """
        import keras

        losses = self.probe.losses(state, x, y, outputs, True)
        if not losses:
            raise ValueError("the model has no loss on these rows")
        parts = [self.weights.get(name, 1.0) * keras.ops.mean(loss) for name, loss in losses.items()]
        if not self.probe.own_loss:
            parts += [keras.ops.sum(penalty) for penalty in penalties]
        return sum(parts[1:], parts[0])

    @contextmanager
    def held(self) -> Iterator[None]:
        """A block of many runs: what they may change is looked up once."""
        each = self.unseen
        with unseen_runs(self.model) as self.unseen:
            yield
        self.unseen = each

    def owner(self, index: int) -> tuple[Any, int | None]:
        """The layer that holds the trainable variable of this number, and its last call."""
        variable = self.model.trainable_variables[index]
        for number in range(len(self.calls) - 1, -1, -1):
            layer = self.calls[number].layer
            if any(each is variable for each in layer.trainable_variables):
                return layer, number
        for layer in self.model._flatten_layers():
            if any(each is variable for each in layer._trainable_variables):
                return layer, None
        return self.model, None

    def along(self, moves: Mapping[int, np.ndarray], taps: Mapping[int, np.ndarray]) -> Directions:
        """The loss along directions: of weights by their number, of layers' outputs by their call.

        Arrays are (directions, ...), the rest in the shape of what moves.
        """
        return Directions(self, dict(moves), dict(taps))


class Directions:
    """The loss as a function of a vector: how far each direction is gone."""

    def __init__(self, subject: Movable, moves: dict[int, np.ndarray], taps: dict[int, np.ndarray]) -> None:
        self.subject, self.moves, self.taps = subject, moves, taps
        self.place: dict[tuple[str, int, int], int] = {}
        for kind, group in (("weight", moves), ("tap", taps)):
            for index, array in group.items():
                for number in range(len(array)):
                    self.place[kind, index, number] = len(self.place)
        adapter = subject.probe.backend
        self._forward = adapter.compiled(lambda far, *rest: self._loss([far], *rest)[0])
        self._gradient = adapter.gradient(self._loss)
        with subject.unseen():
            self._rest = (
                *subject.state,
                tensors(subject.x),
                tensors(subject.y),
                [tensors(array) for array in moves.values()],
                [tensors(array) for array in taps.values()],
            )

    def loss(self, at: int, far: float) -> float:
        """The loss that far along one direction."""
        with self.subject.unseen():
            value = self._forward(tensors(self._far(at, far)), *self._rest)
        return float(self.subject.probe.backend.to_numpy(value))

    def slopes(self, at: int = 0, far: float = 0.0) -> np.ndarray:
        """The slope along every direction by autodiff, at 0 or that far along one of them."""
        with self.subject.unseen():
            _, found = self._gradient([tensors(self._far(at, far))], *self._rest)
        if found[0] is None:
            return np.zeros(len(self.place))
        return np.asarray(self.subject.probe.backend.to_numpy(found[0]), np.float64)

    def _far(self, at: int, far: float) -> np.ndarray:
        vector = np.zeros(len(self.place), self.subject.precision)
        vector[at] = far
        return vector

    def _loss(
        self, far: Sequence[Any], trainable: Any, fixed: Any, x: Any, y: Any, moves: Any, taps: Any
    ) -> tuple[Any, dict[str, Any]]:
        import keras

        vector, ops = far[0], keras.ops
        weights = list(trainable)

        def step(kind: str, index: int, array: Any, like: Any) -> Any:
            total = like
            for number in range(int(array.shape[0])):
                by = ops.cast(vector[self.place[kind, index, number]] * array[number], like.dtype)
                total = total + by
            return total

        for index, array in zip(self.moves, moves, strict=True):
            weights[index] = step("weight", index, array, weights[index])
        tapped, count = dict(zip(self.taps, taps, strict=True)), [0]

        def see(_: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
            output, number = call(*args, **kwargs), count[0]
            count[0] += 1
            if number not in tapped:
                return output
            return with_mask_of(step("tap", number, tapped[number], output), output)

        state, probe = (weights, list(fixed)), self.subject.probe
        with layer_calls(see):
            outputs, penalties = probe.run(state, x, True)
        return self.subject.loss(state, x, y, outputs, penalties), {}
