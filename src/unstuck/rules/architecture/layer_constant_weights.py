"""The rule layer-constant-weights."""

from __future__ import annotations

from unstuck.evidence.facts import Model, Place, Untracked
from unstuck.findings import Certainty, Finding, propose
from unstuck.rules.bounds import NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "layer-constant-weights",
    certainty="suspected",
    impact="harms",
    explains=(
        *NOTHING_LEARNED,
        "accuracy-stands-still",
        "accuracy-stays-low",
        "learning-slow",
        "loss-falls-accuracy-does-not",
        "model-too-small",
    ),
)
def layer_constant_weights(model: Model) -> Finding | None:
    """A layer of your own computes with numbers that are none of its weights.

    Why it looks stuck: Keras trains what a layer makes with `add_weight`, or holds as a keras.Variable that
    it can find. A plain tensor or array, and a parameter of the framework itself, is a constant to it:
    nothing moves it, and `model.summary()` does not count it.

    How it is proved: the attributes of the layer are gone through and compared with its weights. What says
    itself that it is to be trained (torch's Parameter, a tf.Variable, a keras.Variable that Keras does not
    find) is measured; plain numbers are suspected only where the layer has no weight at all, as they may be
    meant as constants.

    What to do: make them with `self.add_weight` in `build`.
    """
    if model.custom_train_step:
        return None  # a train_step of the user's may move them itself
    meant = [each for each in model.untracked if each.held_as in ("Parameter", "Variable")]
    plain = [each for each in model.untracked if each.alone and each not in meant]
    if not (meant or plain):
        return None
    first, several = (meant or plain)[0], len(meant or plain)
    others = f" (and {several - 1} more)" if several > 1 else ""
    held = f"a {first.held_as} that Keras does not know" if meant else f"a plain {first.held_as}"
    rest = (
        ""
        if meant
        else f" {first.kind} has no trainable weight: if these numbers are to be learned, they never are."
    )
    return Finding(
        says=f"The layer {first.layer} ({first.kind}) computes with {first.size:,} numbers in "
        f"self.{first.attribute}{others}, {held}: they are not among the model's weights, so nothing trains "
        f"them.{rest}",
        shows={
            "numbers": first.size,
            "attribute": first.attribute,
            "trainable_weights": 0 if plain else None,
        },
        where=first.place,
        certainty=Certainty.MEASURED if meant else None,
        remedies=(
            propose(
                "advise",
                at=first.place,
                text=f"Make them a weight in build: self.{first.attribute} = self.add_weight(shape=..., "
                f'initializer=..., name="{first.attribute}").',
            ),
        ),
    )


def _held(held_as: str, alone: bool = True) -> Model:
    one = Untracked(layer="waves", kind="Waves", attribute="scale", held_as=held_as, size=8, alone=alone)
    return Model(kind="Functional", untracked=(one,), place=Place(file="train.py", line=3))


layer_constant_weights.fires(_held("tensor"))
layer_constant_weights.fires(_held("Parameter", alone=False))
layer_constant_weights.quiet(_held("tensor", alone=False))  # beside weights: positions of an embedding
layer_constant_weights.quiet(Model())
