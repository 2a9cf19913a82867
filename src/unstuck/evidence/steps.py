"""The calls of a live model as the Steps that a head is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unstuck.evidence.facts import Layer, Place
from unstuck.evidence.graph import Call
from unstuck.evidence.heads import PRODUCTS, Shape
from unstuck.evidence.kinds import NOISE
from unstuck.evidence.layers import (
    PlaceOf,
    activation_of,
    inner_layer,
    is_activation,
    is_keras,
    is_layer,
    kind_of,
    per_row,
    read_layer,
    runs_as_keras,
    softmax_axes_of,
)

#: Layers without an `activation` that make new values all the same.
_PRODUCERS = ("Embedding", "ReversibleEmbedding", "MultiHeadAttention", "GroupedQueryAttention")

#: Ways to merge two directions after which the values still are what the activation made of them.
_KEEPING = ("concat", "ave")


@dataclass(frozen=True)
class LiveStep:
    """One call of a live operation. `place_of` tells where layers stand in the user's code."""

    call: Call
    place_of: PlaceOf

    @property
    def _operation(self) -> Any:
        return self.call.operation

    @property
    def _inner(self) -> LiveStep | None:
        """The layer inside a wrapper."""
        inner = inner_layer(self._operation)
        return LiveStep(Call(inner), self.place_of) if inner is not None else None

    @property
    def key(self) -> int:
        """The output tensor, or the operation where there is no graph."""
        tensor = self.call.tensor
        return id(tensor if tensor is not None else self._operation)

    @property
    def kind(self) -> str:
        """The operation's class name."""
        return kind_of(self._operation)

    @property
    def is_keras(self) -> bool:
        """Whether it is Keras's, or a subclass of a layer that computes as Keras's does."""
        operation = self._operation
        if not is_layer(operation):
            return is_keras(type(operation))
        inner = self._inner
        return runs_as_keras(operation) and (inner is None or inner.is_keras)

    @property
    def inputs(self) -> tuple[LiveStep | None, ...]:
        """The calls that made its inputs."""
        return tuple(None if each is None else LiveStep(each, self.place_of) for each in self.call.inputs)

    @property
    def only_activates(self) -> bool:
        """Whether it is an activation, as a layer or as a bare function."""
        return is_activation(self._operation)

    @property
    def does_nothing(self) -> bool:
        """Whether it is noise of rate 0."""
        strength = NOISE.get(self.kind)
        return strength is not None and getattr(self._operation, strength, None) == 0

    @property
    def makes_values(self) -> bool:
        """Whether it multiplies by weights."""
        operation = self._operation
        if not is_layer(operation):
            return self.kind in PRODUCTS
        inner = self._inner
        if inner is not None:
            kept = self.kind != "Bidirectional" or getattr(operation, "merge_mode", "") in _KEEPING
            return kept and inner.makes_values and not inner.only_activates
        return hasattr(operation, "activation") or self.kind in _PRODUCERS

    @property
    def activation(self) -> str | None:
        """The activation it applies."""
        return activation_of(self._operation)

    @property
    def softmax_axes(self) -> tuple[int, ...] | None:
        """The axes of its softmax."""
        return softmax_axes_of(self._operation)

    @property
    def shape(self) -> Shape | None:
        """The shape of its output per row."""
        return self.call.output_shape

    @property
    def layer(self) -> Layer:
        """The operation as a record."""
        shape = self.call.output_shape
        if shape is None:
            shape = per_row(getattr(self._operation, "_output_shape", None))
        return read_layer(self._operation, self.place_of, self.call.input_shape, shape)

    @property
    def place(self) -> Place | None:
        """Where it stands in the user's code."""
        return (self._inner.place if self._inner is not None else None) or self.place_of(self._operation)
