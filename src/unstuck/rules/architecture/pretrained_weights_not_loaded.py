"""The rule pretrained-weights-not-loaded."""

from __future__ import annotations

from unstuck.evidence.facts import Drawn, Model
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "pretrained-weights-not-loaded",
    certainty="measured",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "decisions-do-not-change",
        "model-too-small",
        "too-few-updates",
    ),
    blames=(".trainable",),
)
def pretrained_weights_not_loaded(model: Model) -> Finding | None:
    """Layers are frozen that nothing has trained before: their weights are those of a new layer.

    Why it looks stuck: freezing keeps what a layer knows. A base that was built anew, or copied by
    `clone_model`, which copies the layers and not their weights, knows nothing: what follows has to make do
    with a random mixture of the inputs.

    How it is proved: all frozen kernels lie within the bounds of Keras's default draw, have its deviation,
    and every bias beside them is exactly 0. Training moves a bias with its first step. It is in order where
    random features are meant.

    What to do: load the weights (`copy.set_weights(trained.get_weights())`, `load_weights`,
    `weights="imagenet"`) before `trainable = False`, or do not freeze.

    What decides: Print the bias of a frozen layer; all zeros say that it was never trained.
    """
    frozen = [each for each in model.drawn if not each.trainable]
    if not frozen or not model.trainable_parameters or not all(each.new for each in frozen):
        return None
    size = sum(each.size for each in frozen)
    layer = next((each for each in model.layers if each.name == frozen[0].layer), None)
    return Finding(
        says=f"{size:,} weights of {len(frozen)} frozen layers "
        f"({', '.join(each.layer for each in frozen[:3])}) are those of new layers: within the bounds of "
        "Keras's default draw, and every bias is exactly 0. Nothing has trained them before, and nothing "
        "trains them now.",
        shows={"weights": size, "layers": [each.layer for each in frozen[:8]]},
        where=layer.place if layer is not None else None,
        held=False,
        remedies=(
            propose(
                "advise",
                text="Load the trained weights into the frozen layers before they are frozen (clone_model "
                "copies none: copy.set_weights(trained.get_weights())), or leave them trainable.",
            ),
        ),
    )


def _model(*frozen: bool) -> Model:
    base = (Drawn(layer=f"base_{at}", trainable=False, size=4096, new=new) for at, new in enumerate(frozen))
    return Model(drawn=(*base, Drawn(layer="head", size=64, new=True)), trainable_parameters=70)


pretrained_weights_not_loaded.fires(_model(True, True))
pretrained_weights_not_loaded.quiet(_model(True, False))
pretrained_weights_not_loaded.quiet(_model())
pretrained_weights_not_loaded.quiet(Model(drawn=(Drawn(trainable=False, new=True),)))  # all of it is frozen
