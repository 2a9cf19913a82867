"""The rule model-too-small."""

from __future__ import annotations

from dataclasses import replace

from unstuck.evidence.facts import Fit, Head, Labels, Layer, Model
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.architecture._graph import is_chain
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: One or two numbers between the input and the output: whatever the rows hold must pass through them.
NARROW = 2

#: Under a third as many numbers as classes, the classes have to share directions.
SHARE_OF_CLASSES = 3.0

#: A layer this wide is small, and wide enough for most tables and short texts.
WIDE, UNITS_A_CLASS = 32, 4

_HIDDEN = "Dense Conv1D Conv2D Conv3D LSTM GRU SimpleRNN Bidirectional ConvLSTM2D"
HIDDEN = frozenset(_HIDDEN.split())


@cause(
    "model-too-small",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE),
    but=("predictions-constant",),  # the answers of the few units still depend on the inputs,
    blames=("units", "filters"),
)
def model_too_small(model: Model, head: Head, labels: Labels | None, fit: Fit | None) -> Finding | None:
    """A hidden layer is so narrow that what tells the rows apart cannot pass it.

    Why it looks stuck: a layer of one or two units gives one or two numbers for a whole row. The loss settles
    above what the data allow, in training just as in validation.

    How it is proved: by training on one batch: a model that is large enough can learn 32 rows by heart, this
    one cannot, and four times the width can.

    What to do: more units in that layer, and one more layer where that is not enough.
    """
    narrowest = _narrowest(model, head)
    if narrowest is None or narrowest.units is None:
        return None
    classes = labels.classes if labels is not None and labels.are_classes else 0
    bound = max(float(NARROW), classes / SHARE_OF_CLASSES)
    if narrowest.units > bound:
        return None
    units = max(WIDE, UNITS_A_CLASS * classes)
    rows = f"{fit.rows:,} rows" if fit and fit.rows else "all rows"
    many = f" of {classes} classes" if classes > NARROW else ""
    wider = propose("widen-layer", at=narrowest.place, units=units)
    deeper = propose("deepen", at=narrowest.place, units=units, activation="relu")
    number = "one number" if narrowest.units == 1 else f"{narrowest.units} numbers"
    return Finding(
        says=f"All that the output learns of a row passes through {number} ({narrowest.kind} "
        f"{narrowest.name}), and that has to tell apart {rows}{many}.",
        shows={"units": narrowest.units, "bound": bound, "classes": classes, "parameters": model.parameters},
        where=narrowest.place,
        remedies=(wider, replace(wider, also=(deeper,))),
    )


def _narrowest(model: Model, head: Head) -> Layer | None:
    """The narrowest hidden layer with weights; None where another branch may carry what it drops."""
    if not is_chain(model):
        return None
    weighted = [each for each in model.layers if each.kind in HIDDEN and each.units]
    # The last one makes the output, whether it carries the activation itself or a layer after it does.
    known = head.layer is None or any(each.name == head.layer.name for each in model.layers)
    narrowest = min(weighted[:-1], key=lambda each: each.units or 0, default=None) if known else None
    if narrowest is None or not all(each.trainable for each in weighted[weighted.index(narrowest) + 1 :]):
        return None  # what is frozen behind it reads rows of that width
    return narrowest


_OUTPUT = Layer(name="output", activation="softmax", units=10)

model_too_small.fires(
    Model(layers=(Layer(name="hidden", activation="relu", units=2), _OUTPUT)),
    Head(activation="softmax", units=10, shape=(10,), layer=_OUTPUT),
    Labels.of(list(range(10)) * 20),
)
model_too_small.fires(
    Model(
        layers=(
            Layer(kind="Embedding"),
            Layer(kind="LSTM", name="lstm", units=1),
            Layer(name="output", units=1),
        )
    ),
    Head(activation="sigmoid", units=1, layer=Layer(name="output", units=1)),
)
model_too_small.quiet(
    Model(layers=(Layer(name="hidden", activation="relu", units=32), _OUTPUT)),
    Head(activation="softmax", units=10, shape=(10,), layer=_OUTPUT),
    Labels.of(list(range(10)) * 20),
)
model_too_small.quiet(  # the output's activation is a layer of its own
    Model(
        layers=(
            Layer(name="hidden", units=16),
            Layer(name="output", units=1),
            Layer(kind="Activation", name="last", activation="sigmoid"),
        )
    ),
    Head(activation="sigmoid", units=1, layer=Layer(kind="Activation", name="last")),
)
model_too_small.quiet(  # a generator of points of two numbers, through a frozen discriminator
    Model(layers=(Layer(name="point", units=2), Layer(name="judge", units=1, trainable=False))),
    Head(activation="sigmoid", units=1, layer=Layer(name="judge", units=1)),
)
model_too_small.quiet(
    Model(layers=(_OUTPUT,)), Head(activation="softmax", units=10, shape=(10,), layer=_OUTPUT)
)
