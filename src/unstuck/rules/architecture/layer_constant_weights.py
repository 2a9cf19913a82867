"""The rule layer-constant-weights."""

from __future__ import annotations

from unstuck.evidence.facts import Model, Place, Untracked
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "layer-constant-weights",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS, "model-too-small"),
    blames=("kernel_initializer", "embeddings_initializer"),
)
def layer_constant_weights(model: Model) -> Finding | None:
    """A layer of your own computes with numbers that are none of its weights.

    Why it looks stuck: Keras trains what a layer makes with `add_weight`, or holds as a keras.Variable that
    it can find. A plain tensor or array, and a parameter of the framework itself, is a constant to it:
    nothing moves it, and `model.summary()` does not count it. The same holds for the layers of Keras that an
    object of a plain class holds: Keras finds what layers, lists and dicts hold, and looks into nothing else.
    A copy of another layer's weight stays as that weight began: the two are not tied.

    How it is proved: the attributes of the layer are gone through and compared with its weights. What says
    itself that it is to be trained (torch's Parameter, a tf.Variable, a keras.Variable that Keras does not
    find, a layer in a plain object) is measured; plain numbers are suspected only where the layer has no
    weight at all, as they may be meant as constants, and measured where they are number by number those with
    which another weight began that has moved since.

    What to do: make them with `self.add_weight` in `build`, and derive what holds layers from keras.Layer.
    """
    if model.custom_train_step:
        return None  # a train_step of the user's may move them itself
    meant = [each for each in model.untracked if each.held_as in ("Parameter", "Variable", "layers")]
    copied = [each for each in model.untracked if each.copy_of]
    if copied:
        return _copy(copied[0])
    plain = [each for each in model.untracked if each.alone and each not in meant]
    if not (meant or plain):
        return None
    first, several = (meant or plain)[0], len(meant or plain)
    if first.held_as == "layers":
        return _out_of_sight(first)
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


def _out_of_sight(held: Untracked) -> Finding:
    """What is said of layers in a plain object."""
    return Finding(
        says=f"self.{held.attribute} of {held.layer} ({held.kind}) is a {held.holder}, a plain class. Keras "
        f"does not look into it for layers, so the {held.size:,} numbers of the layers that it holds are not "
        "among the model's weights, and nothing trains them.",
        shows={"numbers": held.size, "attribute": held.attribute, "holder": held.holder},
        where=held.place,
        certainty=Certainty.MEASURED,
        remedies=(
            propose(
                "advise",
                at=held.place,
                text=f"Derive {held.holder} from keras.Layer, with its method as `call`, or hold its layers "
                f"in {held.kind} itself; then see that model.summary() counts them.",
            ),
        ),
    )


def _copy(held: Untracked) -> Finding:
    """What is said of a copy of a weight."""
    return Finding(
        says=f"self.{held.attribute} of {held.layer} ({held.kind}) holds, number by number, what "
        f"{held.copy_of} began with: a copy of {held.size:,} numbers. The weight has moved since and the "
        "copy has not, so the two are not tied and the copy is never trained.",
        shows={"numbers": held.size, "attribute": held.attribute, "copy_of": held.copy_of},
        where=held.place,
        certainty=Certainty.MEASURED,
        remedies=(
            propose(
                "advise",
                at=held.place,
                text="Keep the layer that holds the weight, and read the weight from it in `call`, each time "
                "anew; convert it to no array and copy nothing.",
            ),
        ),
    )


def _held(held_as: str, alone: bool = True) -> Model:
    one = Untracked(layer="waves", kind="Waves", attribute="scale", held_as=held_as, size=8, alone=alone)
    return Model(kind="Functional", untracked=(one,), place=Place(file="train.py", line=3))


layer_constant_weights.fires(_held("tensor"))
layer_constant_weights.fires(_held("Parameter", alone=False))
layer_constant_weights.fires(
    Model(untracked=(Untracked(layer="m", attribute="tables", held_as="layers", holder="Tables", size=800),))
)
layer_constant_weights.fires(
    Model(untracked=(Untracked(layer="back", attribute="kernel", size=512, copy_of="squeeze/kernel"),))
)
layer_constant_weights.quiet(_held("tensor", alone=False))  # beside weights: positions of an embedding
layer_constant_weights.quiet(Model())
