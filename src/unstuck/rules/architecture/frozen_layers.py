"""The rule frozen-layers."""

from __future__ import annotations

from unstuck.evidence.facts import Dynamics, Fit, Layer, Model, Optimizer, Place, Variable
from unstuck.findings import Certainty, Finding, Impact, propose
from unstuck.rules.objective._common import NO_DECISION
from unstuck.rules.rule import cause


@cause(
    "frozen-layers",
    certainty="proved",
    impact="blocks",
    explains=(
        *NO_DECISION,
        "learning-slow",
        "learning-rate-too-low",
        "model-too-small",
        "too-few-updates",
        "vanishing-gradient",
    ),
)
def frozen_layers(
    model: Model, dynamics: Dynamics | None, optimizer: Optimizer | None, fit: Fit | None
) -> Finding | None:
    """No weight is trained, or layers say that they train while the optimizer does not hold them.

    Why it looks stuck: with `trainable = False` everywhere every epoch gives the same figures to the last
    digit. And Keras decides what to train at the first fit: a layer unfrozen later, without compiling again,
    does not move, and no message says so.

    How it is proved: the trainable weights are counted; the weights before and after the training are
    compared.

    What to do: set `trainable = True` on what should learn, then compile again.
    """
    if model.parameters == 0 or model.custom_train_step:
        return None
    place = _place(model, ())
    if model.trainable_parameters == 0:
        return Finding(
            says=f"None of the {model.parameters:,} weights is trainable: training changes nothing.",
            shows={"parameters": model.parameters, "trainable": 0},
            where=place,
            remedies=(propose("unfreeze-layers", at=place),),
        )
    if dynamics is None or not dynamics.trained or (fit is not None and fit.updates == 0):
        return None
    left_out = tuple(each for each in dynamics.variables if each.trainable and not each.in_optimizer)
    still = [each for each in left_out if each.moved == 0.0]
    held = [
        each for each in dynamics.variables if each.in_optimizer and each.trainable and each.moved is not None
    ]
    if still:
        size, names = sum(each.size for each in still), sorted({each.layer for each in still})
        place = _place(model, names)
        return Finding(
            says=f"{size:,} weights ({', '.join(names[:3])}{' ...' if names[3:] else ''}) say that they are "
            "trainable, but the "
            "optimizer does not hold them and they did not move: the flag was set after the first fit, "
            "without compiling again.",
            shows={"weights": size, "layers": names, "moved": 0.0},
            where=place,
            impact=Impact.HARMS,
            remedies=(propose("unfreeze-layers", at=place),),
        )
    if (
        held
        and all(each.moved == 0.0 for each in held)
        and not (optimizer and optimizer.learning_rate == 0.0)
    ):
        return Finding(
            says=f"None of the {sum(each.size for each in held):,} weights that the optimizer holds changed "
            "by a single bit "
            "from the first step to the last.",
            shows={"weights": sum(each.size for each in held), "moved": 0.0},
            where=place,
            certainty=Certainty.MEASURED,
            remedies=(propose("unfreeze-layers", at=place),),
        )
    return None


def _place(model: Model, names: list[str] | tuple[str, ...]) -> Place | None:
    """Where the first of these layers (of none given: the first frozen one) stands."""
    chosen = [each for each in model.layers if (each.name in names if names else not each.trainable)]
    return next((each.place for each in chosen if each.place), None)


frozen_layers.fires(
    Model(parameters=650, trainable_parameters=0, layers=(Layer(trainable=False, parameters=650),))
)
frozen_layers.fires(
    Model(parameters=650, trainable_parameters=650, layers=(Layer(name="base", parameters=640),)),
    Dynamics(
        variables=(
            Variable(path="base/kernel", layer="base", size=640, in_optimizer=False, moved=0.0),
            Variable(path="head/kernel", layer="head", size=10, moved=0.2),
        ),
        trained=("head/kernel",),
    ),
)
frozen_layers.quiet(  # a frozen backbone under a head that learns
    Model(
        parameters=650,
        trainable_parameters=10,
        layers=(Layer(name="base", parameters=640, trainable=False), Layer(name="head", parameters=10)),
    ),
    Dynamics(
        variables=(
            Variable(
                path="base/kernel", layer="base", size=640, trainable=False, in_optimizer=False, moved=0.0
            ),
            Variable(path="head/kernel", layer="head", size=10, moved=0.2),
        ),
        trained=("head/kernel",),
    ),
)
frozen_layers.quiet(Model(parameters=0, trainable_parameters=0))
