"""How an output of a model ends: walk back from the output to its activation and its width.

Written once for live models and for models as source shows them: both give their values as Steps.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from unstuck.evidence.facts import Head, Layer, Place
from unstuck.evidence.kinds import AVERAGING, NORMALISING, RESCALING, TRANSPARENT

Shape = tuple[int | None, ...]

#: Activations that leave values above 0 as they are, those whose values are never below 0, and those whose
#: values go below 0 and beyond any bound above it, as far as the graph tells.
KEEPS_POSITIVE = frozenset(("relu", "leaky_relu", "elu", "celu", "prelu"))
NEVER_NEGATIVE = frozenset(("sigmoid", "hard_sigmoid", "softmax", "softplus", "exponential", "relu", "relu6"))
UNBOUNDED = frozenset(("linear", "elu", "selu", "celu", "gelu", "silu", "leaky_relu", "prelu", "mish"))

#: Bare operations that multiply and add: by weights, or one branch by another.
PRODUCTS = frozenset(("Matmul", "Dot", "Einsum", "Tensordot"))

#: Steps that are walked back at most: no network is deeper, and source may hold a circle.
MOST_STEPS = 2000


class HeadStep(Protocol):
    """One value on the way to an output, and the operation that makes it.

    A live layer's call and a layer that is written in source both are one; what they do not tell is None
    (or "unknown", for an activation).
    """

    @property
    def key(self) -> Hashable:
        """What tells this value from all others of the model."""

    @property
    def kind(self) -> str:
        """The class name of the operation ("Dense"; "Relu" for a bare function)."""

    @property
    def is_keras(self) -> bool:
        """Whether the operation computes what Keras's own of that name computes."""

    @property
    def inputs(self) -> Sequence[HeadStep | None]:
        """The values that it reads; None for an input of the model."""

    @property
    def only_activates(self) -> bool:
        """Whether the operation is nothing but an activation."""

    @property
    def does_nothing(self) -> bool:
        """Whether it is noise of rate 0."""

    @property
    def makes_values(self) -> bool:
        """Whether it makes new values from weights, and applies its activation to them."""

    @property
    def activation(self) -> str | None:
        """The activation that it applies, None for none."""

    @property
    def softmax_axes(self) -> tuple[int, ...] | None:
        """The axes of its softmax as written (batch axis 0, -1 the last), None where they are not told."""

    @property
    def shape(self) -> Shape | None:
        """The shape per row, without the batch axis."""

    @property
    def layer(self) -> Layer | None:
        """The operation as a record."""

    @property
    def place(self) -> Place | None:
        """Where it stands in the user's code; for a wrapper, where the layer inside it does."""


@dataclass(frozen=True)
class _Ending:
    """What the walk found: the activation, the step that applies it, the step that sets the width."""

    activation: str = "unknown"
    carrier: HeadStep | None = None
    units: HeadStep | None = None
    after: tuple[str, ...] = ()


def read_head(step: HeadStep | None, shape: Shape | None) -> Head:
    """Describe the output that a step makes, of this shape per row (None: as its last layer says).

    The activation is "unknown" where it is not told: after a Lambda, a user's own layer, a product, or
    arithmetic that moves the range of an activation. `units` is 0 and `shape` empty where they are not told.
    """
    ending = _ending(step, 0)
    width, carrier = ending.units, ending.carrier
    record = width.layer if width is not None else None
    units = shape[-1] if shape else None
    if shape is None and record is not None and not ending.after and _is_direct(ending):
        shape, units = record.output_shape, record.units
    axis, size = _softmax(ending)
    last = carrier.layer if carrier is not None and carrier is not width else None
    return Head(
        activation=ending.activation,
        units=units or 0,
        shape=shape or (),
        softmax_size=size,
        softmax_axis=axis,
        activation_is_last=not ending.after,
        after=ending.after,
        hidden=_hidden(width),
        layer=last or record,
        made_by=record if _is_direct(ending) and not ending.after else None,
        place=carrier.place if carrier is not None else None,
        units_place=width.place if width is not None else None,
    )


def _ending(step: HeadStep | None, depth: int) -> _Ending:
    """The activation that an output passes last, and what stands after it."""
    if step is None or not step.is_keras or depth > MOST_STEPS:
        return _Ending()
    feeder = next(iter(step.inputs), None)
    if step.does_nothing:
        return _ending(feeder, depth + 1)
    if step.only_activates:
        name = step.activation
        if name == "linear":
            return _ending(feeder, depth + 1)
        if name in KEEPS_POSITIVE:
            return _rectified(step, name, depth)
        return _Ending(name or "unknown", step, _width(step))
    if step.makes_values and not (step.kind in PRODUCTS and len(step.inputs) > 1):
        return _Ending(step.activation or "linear", step, step)
    if len(step.inputs) > 1:
        return _merged(step, depth)
    if step.kind in TRANSPARENT:
        found = _ending(feeder, depth + 1)
        return replace(found, after=(*found.after, step.kind))
    if step.kind in RESCALING:
        found = _ending(feeder, depth + 1)
        kept = found.activation if found.activation == "linear" else "unknown"
        return replace(found, activation=kept, after=(*found.after, step.kind))
    return _Ending()


def _rectified(step: HeadStep, name: str, depth: int) -> _Ending:
    """The ending of a step that leaves what is positive as it is: of probabilities it changes nothing."""
    inner = _ending(next(iter(step.inputs), None), depth + 1)
    if inner.activation in NEVER_NEGATIVE and not inner.after:
        return replace(inner, after=(step.kind,))
    unbounded = inner.activation in UNBOUNDED and not NORMALISING.intersection(inner.after)
    return _Ending(name if unbounded else "unknown", step, _width(step))


def _merged(step: HeadStep, depth: int) -> _Ending:
    """The ending of a step with several inputs: known where all branches end alike."""
    # A join doubles the ways back: they are followed less far, or a deep network has more than can be walked.
    endings = [_ending(branch, depth + MOST_STEPS // 4) for branch in step.inputs]
    names = {ending.activation for ending in endings}
    if step.kind in AVERAGING and len(names) == 1:
        behind = dict.fromkeys(kind for ending in endings for kind in ending.after)
        return _Ending(names.pop(), after=(*behind, step.kind))
    if step.kind in PRODUCTS and names <= UNBOUNDED:
        return _Ending("linear", step, step)  # shares of one branch in the other stay within its range
    # What passes no gradient on may take the other branch away again, and put a bounded value in its place.
    straight_through = any("StopGradient" in ending.after for ending in endings)
    if step.kind in ("Add", "Subtract", "Sum", *AVERAGING) and "linear" in names and not straight_through:
        return _Ending("linear", after=(step.kind,))
    return _Ending(after=(step.kind,))


def _width(step: HeadStep | None) -> HeadStep | None:
    """The step that makes the values, at or behind this one; None where that is not plain."""
    for _ in range(MOST_STEPS):
        if step is None:
            return None
        if step.makes_values and not step.only_activates:
            return step
        passes = step.kind in TRANSPARENT or step.kind in RESCALING or step.only_activates
        step = step.inputs[0] if passes and len(step.inputs) == 1 else None
    return None


def _hidden(width: HeadStep | None) -> Layer | None:
    """The layer that feeds the layer which sets the width, with the activation between them."""
    if width is None or len(width.inputs) != 1:
        return None
    before = width.inputs[0]
    made = _width(before)
    record = made.layer if made is not None else None
    return None if record is None else replace(record, activation=_ending(before, 0).activation)


def _is_direct(ending: _Ending) -> bool:
    """Whether the activation stands in the layer that sets the width or just behind it.

    A layer in between may have moved the columns elsewhere.
    """
    carrier, width = ending.carrier, ending.units
    feeder = next(iter(carrier.inputs), None) if carrier is not None else None
    return width is not None and width.key in {each.key for each in (carrier, feeder) if each is not None}


def _softmax(ending: _Ending) -> tuple[int | None, int | None]:
    """The axis (batch axis 0, -1 for the last) and the size of the output's softmax.

    It runs over what its own step gives, before anything behind it gives that another shape.
    """
    if ending.activation not in ("softmax", "log_softmax") or ending.carrier is None:
        return None, None
    axes, shape = ending.carrier.softmax_axes, ending.carrier.shape
    if axes is None:
        return None, None
    if shape is None:
        record = ending.units.layer if ending.units is not None and _is_direct(ending) else None
        return (-1, record.units if record is not None else None) if axes == (-1,) else (None, None)
    if len(axes) > 1:
        sizes = [_size(shape, each) for each in axes]
        return None, math.prod(size for size in sizes if size) if all(sizes) else None
    last = axes[0] in (-1, len(shape))
    return -1 if last else axes[0] % (len(shape) + 1), _size(shape, axes[0])


def _size(shape: Shape, axis: int) -> int | None:
    """The size of an axis of a shape without the batch axis, None for the batch axis itself."""
    place = axis % (len(shape) + 1)
    return shape[place - 1] if place else None
