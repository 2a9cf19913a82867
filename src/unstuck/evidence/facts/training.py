"""What happened over time: curves, and the vital signs of the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The history of one output, with Keras's key names for a single output.

    `epochs` maps "loss", the metrics' names and their "val_" twins to one value an epoch, in
    history order. `batch_losses` are losses of single batches (de-averaged: Keras logs running
    means), every `batch_stride`-th of them, over all epochs; empty where they could not be had.
    They are the total loss: for several outputs, of all of them.
    """

    epochs: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: MappingProxyType({}))
    batch_losses: tuple[float, ...] = ()
    batch_stride: int = 1

    @classmethod
    def of(cls, batch_losses: tuple[float, ...] = (), **epochs: object) -> Curve:
        """A curve from lists: `Curve.of(loss=[.7, .6], accuracy=[.5, .5])`."""
        table = {name: tuple(float(v) for v in values) for name, values in epochs.items()}  # type: ignore[attr-defined]
        return cls(epochs=MappingProxyType(table), batch_losses=tuple(batch_losses))

    def get(self, name: str) -> tuple[float, ...]:
        """The values of one key, empty when it was not logged."""
        return self.epochs.get(name, ())

    @property
    def loss(self) -> tuple[float, ...]:
        """Training loss by epoch."""
        return self.get("loss")

    @property
    def val_loss(self) -> tuple[float, ...]:
        """Validation loss by epoch."""
        return self.get("val_loss")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One weight array and what became of it between the first and the last snapshot.

    `path` is Keras's path ("dense/kernel"), `layer` the layer's name, `size` counts numbers.
    `weight_norm` is the Euclidean norm at the end, `initial_norm` at the start, `moved` the
    largest absolute change of an entry over the training (0.0: nothing moved it at all, None:
    not snapshot). `trainable` is what the layer says when the fit ended; `in_optimizer` whether
    the optimizer holds it. `nonfinite` counts NaN and infinite entries at the end.
    """

    path: str = ""
    layer: str = ""
    size: int = 0
    trainable: bool = True
    in_optimizer: bool = True
    initial_norm: float = 0.0
    weight_norm: float = 0.0
    moved: float | None = None
    nonfinite: int = 0


@dataclass(frozen=True, kw_only=True)
class Step:
    """The vital signs of one training step, over the optimizer's variables in `Dynamics.trained` order.

    `number` counts optimizer steps from 1. `gradient_norms`, `update_norms`, `weight_norms` are
    Euclidean norms by variable; a gradient norm is None where the optimizer's slots do not give
    it. With clipping on they are norms of the clipped gradient. `loss` is that of the batch.
    """

    number: int = 1
    learning_rate: float | None = None
    loss: float | None = None
    gradient_norms: tuple[float | None, ...] = ()
    update_norms: tuple[float, ...] = ()
    weight_norms: tuple[float, ...] = ()

    @property
    def gradient_norm(self) -> float | None:
        """The norm of the whole gradient, None where a part of it is unknown."""
        if not self.gradient_norms or any(norm is None for norm in self.gradient_norms):
            return None
        return math.hypot(*(norm for norm in self.gradient_norms if norm is not None))

    @property
    def update_ratio(self) -> float:
        """The norm of the whole update over the norm of all weights."""
        weights = math.hypot(*self.weight_norms)
        return math.hypot(*self.update_norms) / weights if weights else 0.0


@dataclass(frozen=True, kw_only=True)
class Dynamics:
    """Vital signs on a geometric schedule of steps (1, 2, 4, ...) and once an epoch.

    `variables` are all weights of the model; `trained` are the paths of the optimizer's trainable
    variables, in the order of each Step's tuples.
    """

    variables: tuple[Variable, ...] = ()
    trained: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LayerActivity:
    """The output of one layer over the sample rows, at the end of training, in inference mode.

    Shares are of the layer's units unless said. `dead` is the share of units that are exactly
    zero on every row (after a ReLU-like activation or a function of the user's own). `saturated` is the
    share of entries beyond .99 of the activation's bound (tanh: |a| > .99; sigmoid: a < .01 or a > .99; a
    function of the user's own: within .005 of its range from either end, where both ends hold a tenth).
    `zero_rows` is the share of rows on which every unit is zero. `mean` and `std` are over all
    entries; `unit_std` is the largest standard deviation over rows of any unit. `nonfinite`
    counts entries. `gradient_norm` is that of the loss with respect to the layer's weights on the
    sample rows, None where not probed.
    """

    name: str = ""
    kind: str = ""
    activation: str | None = None
    units: int = 0
    dead: float = 0.0
    saturated: float = 0.0
    zero_rows: float = 0.0
    mean: float = 0.0
    std: float = 0.0
    unit_std: float = 0.0
    nonfinite: int = 0
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What flows through the layers on `rows` sample rows, in call order."""

    rows: int = 0
    layers: tuple[LayerActivity, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LayerGradient:
    """The gradient of the loss on the sample rows with respect to one layer's weights.

    `norm` is the Euclidean norm over all the layer's trainable weights, `rms` that divided by the
    square root of their number, so that layers of different size compare.
    """

    name: str = ""
    kind: str = ""
    norm: float = 0.0
    rms: float = 0.0
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Gradients:
    """Gradients of the loss on `rows` sample rows at the end of training, dropout off.

    `layers` hold trainable weights, in call order. `real_tokens` and `padding` are the root mean
    square gradient of the loss with respect to an embedding's output (or, without an embedding,
    the recurrent layer's input) at real and at padding positions, None where there are no such
    positions. `by_time` is that root mean square by time step, thinned to at most 64 bins.
    """

    rows: int = 0
    layers: tuple[LayerGradient, ...] = ()
    real_tokens: float | None = None
    padding: float | None = None
    by_time: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotFinite:
    """The first layer that gives no finite number with the weights that the training began with.

    `layer` is "" for the loss. `kind` is its class ("loss" for that), `custom` whether its code is the
    user's, `what` whether its value is none or, its value being one, the gradient by its input. `place` is
    the line of its code that can do that.
    """

    layer: str = ""
    kind: str = ""
    what: Literal["value", "gradient"] = "value"
    custom: bool = False
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The layer in which the gradient of the loss stops; `layer` is "" where it stops nowhere.

    `kind` is its class, `custom` whether its code is the user's; `before` is the layer that the gradient is
    lost for where that happens between two layers; `behind` are the paths of the weights of layers that were
    called before it. `output_gradient` is the largest entry of the gradient
    by its output, that by its input being exactly 0; `whole` is true where it gives whole numbers, by which
    nothing can be differentiated. `output_spread` is the largest standard deviation of an entry of its
    output over rows. `place` is the line of the code that has no slope.
    """

    layer: str = ""
    kind: str = ""
    custom: bool = False
    before: str = ""
    behind: tuple[str, ...] = ()
    output_gradient: float = 0.0
    output_spread: float = 0.0
    whole: bool = False
    place: Place | None = None
