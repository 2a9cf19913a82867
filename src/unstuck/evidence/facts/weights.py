"""What became of a model's weights, or of numbers that should be among them."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class Untracked:
    """Numbers that a layer of the user's holds in an attribute, beside the weights that Keras knows.

    `layer` and `kind` are the layer's name and class. `held_as` is "Parameter" or "Variable" for what says
    itself that it is trained, "tensor" or "array" for plain numbers, "layers" for layers of Keras that an
    object of the class `holder` holds. `size` counts the numbers; `alone` is true where the layer has no
    trainable weight. `place` is the line that binds the attribute, or begins the holder's class. `copy_of` is
    the path of a weight that began with these very numbers, or with them transposed, and has moved since; ""
    for none.
    """

    layer: str = ""
    kind: str = ""
    attribute: str = ""
    held_as: str = "tensor"
    size: int = 0
    alone: bool = False
    holder: str = ""
    copy_of: str = ""
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Unmoved:
    """Weights of a user's layer that no gradient moves and that nothing else has moved in the training.

    `layer` and `kind` are the layer's name and class, `attributes` the names under which it holds them. Its
    `call` asks whether it is training. `place` is the line at which one of them should have been assigned.
    """

    layer: str = ""
    kind: str = ""
    attributes: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A kernel as the training began. `scale` is its deviation over that of Keras's default draw (Glorot's).

    `new` says that it is within the bounds of that draw and its bias all 0: nothing has trained it before.
    """

    layer: str = ""
    kind: str = "Dense"
    trainable: bool = True
    size: int = 0
    scale: float = 1.0
    new: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a frozen Keras Embedding that the training rows look up.

    `read` counts the ids in the training rows but 0, which pads, `kinds` the different ones. Of the `read`
    ones a share of `empty` has a row of the table, as it is after the fit, in which every number is 0.
    """

    layer: str = ""
    read: int = 0
    kinds: int = 0
    empty: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Asleep:
    """Layers of Keras's that train and acted as in prediction: what they average has stayed where it began.

    `kind` is their class, `layers` their names. `place` is the call of the model, in a step of the user's.
    """

    kind: str = "BatchNormalization"
    layers: tuple[str, ...] = ()
    place: Place | None = None
