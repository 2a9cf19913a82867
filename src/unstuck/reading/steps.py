"""The symbolic values of a written model as the Steps that a head is read from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from unstuck.evidence.facts import Head, Layer, Place
from unstuck.evidence.facts.code import ONE_HOT, made_one_hot
from unstuck.evidence.heads import Shape, read_head
from unstuck.evidence.kinds import NOISE
from unstuck.evidence.signatures import WITH_WIDTH
from unstuck.reading.graph import kind_of, opened
from unstuck.reading.layers import activation_of, applies, layer_of, produces
from unstuck.reading.shapes import inner_of, shape_made
from unstuck.reading.values import Made, Network, Tensor, Unread

#: Functions that make one column of 0 and 1 a class.
_A_COLUMN_EACH = (*ONE_HOT, "get_dummies")

#: Layers behind one another whose shapes are worked out; deeper ones are taken as not told.
_DEEPEST_SHAPE = 200


#: The shapes of tensors that were worked out while a model is described: each is asked for by many.
Shapes = dict[Tensor, Shape | None]


def head_of(tensor: Tensor, shapes: Shapes) -> Head | None:
    """How an output ends, None where the file does not show it. `units` is 0 where it does not tell."""
    step = WrittenStep(opened(tensor), shapes)
    head = read_head(step, shape_of(tensor, shapes))
    if head.units == 0:
        head = replace(head, a_class_each=_one_for_each_class(step))
    return None if head.activation == "unknown" and head.units_place is None else head


def _one_for_each_class(step: WrittenStep) -> bool:
    """Whether the output has as many units as one-hot labels have columns: `Dense(y.shape[1])`."""
    operation = step.tensor.operation
    if step.only_activates and step.inputs:
        operation = step.inputs[0].tensor.operation
    given = (
        operation.arguments.get(WITH_WIDTH.get(operation.kind, "")) if isinstance(operation, Made) else None
    )
    if not isinstance(given, Unread) or len(given.operations) < len(("shape", "take")):
        return False
    *labels, shape, column = given.operations
    columns = (shape.kind, str(column.value)) in _COLUMNS
    return columns and made_one_hot(labels, _A_COLUMN_EACH) is not None


#: `y.shape[1]` and `y.shape[-1]`, as steps.
_COLUMNS = (("shape", "1"), ("shape", "-1"))


@dataclass(frozen=True)
class WrittenStep:
    """One symbolic value, the model that makes it opened up as far as the file shows it."""

    tensor: Tensor
    shapes: Shapes = field(repr=False, compare=False)

    @property
    def _operation(self) -> Any:
        return self.tensor.operation

    @property
    def key(self) -> int:
        """The value itself."""
        return id(self.tensor)

    @property
    def kind(self) -> str:
        """The class name of the operation."""
        return kind_of(self.tensor)

    @property
    def is_keras(self) -> bool:
        """Whether the file shows that it is an operation of Keras's own."""
        operation = self._operation
        hidden = operation is None or isinstance(operation, Network) or self.kind == "Unknown"
        return not hidden and not (isinstance(operation, Made) and operation.custom)

    @property
    def inputs(self) -> tuple[WrittenStep, ...]:
        """The values that it reads."""
        return tuple(WrittenStep(opened(each), self.shapes) for each in self.tensor.inputs)

    @property
    def only_activates(self) -> bool:
        """Whether it is an activation, as a layer or as a bare function."""
        return applies(self._operation) is not None

    @property
    def does_nothing(self) -> bool:
        """Whether it is noise of rate 0."""
        strength, operation = NOISE.get(self.kind), self._operation
        return strength is not None and isinstance(operation, Made) and operation.get(strength) == 0

    @property
    def makes_values(self) -> bool:
        """Whether it multiplies by weights."""
        return isinstance(self._operation, Made) and not self._operation.custom and produces(self._operation)

    @property
    def activation(self) -> str | None:
        """The activation it applies."""
        operation = self._operation
        return activation_of(operation) if isinstance(operation, Made) else applies(operation)

    @property
    def softmax_axes(self) -> tuple[int, ...] | None:
        """The axes of its softmax as the text tells them."""
        holder = self._operation
        while isinstance(holder, Made) and holder.kind != "Softmax":
            holder = inner_of(holder) or holder.arguments.get("activation")
        axis: Any = holder.get("axis", -1) if isinstance(holder, Made) else -1
        return (axis,) if isinstance(axis, int) and not isinstance(axis, bool) else None

    @property
    def shape(self) -> Shape | None:
        """The shape of its output per row."""
        return shape_of(self.tensor, self.shapes)

    @property
    def layer(self) -> Layer | None:
        """The layer as a record, None for a bare function."""
        if not isinstance(self._operation, Made):
            return None
        read = shape_of(self.tensor.inputs[0], self.shapes) if self.tensor.inputs else None
        return layer_of(self._operation, read)

    @property
    def place(self) -> Place | None:
        """Where it stands in the file."""
        if isinstance(self._operation, Made):
            return (inner_of(self._operation) or self._operation).place
        return self.tensor.place


def shape_of(tensor: Tensor, shapes: Shapes, depth: int = 0) -> Shape | None:
    """The shape per row of a tensor, as far as it can be known."""
    if tensor not in shapes:
        shapes[tensor] = _shape_of(opened(tensor), shapes, depth)
    return shapes[tensor]


def _shape_of(tensor: Tensor, shapes: Shapes, depth: int) -> Shape | None:
    operation = tensor.operation
    if depth > _DEEPEST_SHAPE or operation is None or isinstance(operation, (str, Network)):
        same = isinstance(operation, str) and applies(operation) is not None and len(tensor.inputs) == 1
        return shape_of(tensor.inputs[0], shapes, depth + 1) if same and depth <= _DEEPEST_SHAPE else None
    if not isinstance(operation, Made) or operation.custom:
        return None
    read = shape_of(tensor.inputs[0], shapes, depth + 1) if len(tensor.inputs) == 1 else None
    return shape_made(operation, read)
