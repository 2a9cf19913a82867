"""The rule frozen-layers."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Dynamics, Fit, Layer, Model, Optimizer, Place, Step, Variable
from unstuck.judgement.findings import Certainty, Finding, Impact, propose
from unstuck.rules.families import DOES_NOT_FIT, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "frozen-layers",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        DOES_NOT_FIT,
        "learning-rate-too-low",
        "model-too-small",
        "too-few-updates",
        "vanishing-gradient",
    ),
    blames=("trainable", ".trainable"),
)
def frozen_layers(
    model: Model, dynamics: Dynamics | None, optimizer: Optimizer | None, fit: Fit | None
) -> Finding | None:
    """No weight is trained, or layers say that they train while the optimizer does not hold them.

    Why it looks stuck: with `trainable = False` everywhere every epoch gives the same figures to the last
    digit. And Keras decides what to train at the first fit: a layer unfrozen later, without compiling again,
    does not move, or fit stops with an error about an unknown variable.

    How it is proved: the trainable weights are counted; the weights before and after the training are
    compared.

    What to do: set `trainable = True` on what should learn, then compile again.

    What decides: Compare model.get_weights() before and after one epoch; equal arrays say yes.
    """
    if model.parameters == 0 or model.custom_train_step:
        return None
    place = _place(model, ())
    if model.trainable_parameters == 0:
        return Finding(
            says=f"None of the {model.parameters:,} weights is trainable: training changes nothing.",
            shows={"parameters": model.parameters, "trainable": 0},
            where=place,
            held=False,
            certainty=Certainty.SUSPECTED if any(map(_keeps_count, model.layers)) else None,
            remedies=(propose("unfreeze-layers", at=place),),
        )
    if dynamics is None or not dynamics.trained:
        return None
    return _left_out(model, dynamics, fit) or _stands(dynamics, optimizer, place)


def _keeps_count(layer: Layer) -> bool:
    """Whether a layer that is not frozen may change weights by itself: statistics, a codebook."""
    return layer.trainable and layer.parameters > 0 and (layer.custom or layer.kind == "BatchNormalization")


def _left_out(model: Model, dynamics: Dynamics, fit: Fit | None) -> Finding | None:
    """Weights that say they are trainable, but that the optimizer does not know."""
    raised = fit is not None and fit.raised is not None
    still = [
        each
        for each in dynamics.variables
        if each.trainable and not each.in_optimizer and (each.moved == 0.0 or (raised and each.moved is None))
    ]
    if not still:
        return None
    size, names = sum(each.size for each in still), sorted({each.layer for each in still})
    place = _place(model, names)
    then = "fit raised an error" if raised else "they did not move"
    return Finding(
        says=f"{size:,} weights ({', '.join(names[:3])}{' ...' if names[3:] else ''}) say that they are "
        f"trainable, but the optimizer does not hold them, and {then}: the flag was set after the first "
        "fit, without compiling again.",
        shows={"weights": size, "layers": names},
        where=place,
        held=True,
        impact=Impact.BLOCKS if raised else Impact.HARMS,
        remedies=(propose("unfreeze-layers", at=place),),
    )


def _stands(dynamics: Dynamics, optimizer: Optimizer | None, place: Place | None) -> Finding | None:
    """Weights that the optimizer holds, that got gradients, and that did not move."""
    held = [
        each for each in dynamics.variables if each.in_optimizer and each.trainable and each.moved is not None
    ]
    pushed = any((step.gradient_norm or 0.0) > 0 for step in dynamics.steps)
    off = optimizer is not None and optimizer.learning_rate == 0.0
    put_back = any(any(step.update_norms) for step in dynamics.steps)
    if not held or not pushed or off or put_back or any(each.moved for each in held):
        return None
    size = sum(each.size for each in held)
    return Finding(
        says=f"None of the {size:,} weights that the optimizer holds changed by a single bit from the first "
        "step to the last, although there were gradients.",
        shows={"weights": size, "moved": 0.0},
        where=place,
        held=False,
        certainty=Certainty.MEASURED,
        remedies=(propose("unfreeze-layers", at=place),),
    )


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
frozen_layers.quiet(  # steps moved them, and they were set back
    Model(parameters=650, trainable_parameters=650, layers=(Layer(name="head", parameters=650),)),
    Dynamics(
        variables=(Variable(path="head/kernel", layer="head", size=650, moved=0.0),),
        trained=("head/kernel",),
        steps=(Step(gradient_norms=(0.5,), update_norms=(0.1,)),),
    ),
)
frozen_layers.quiet(Model(parameters=0, trainable_parameters=0))


@frozen_layers.in_source("proved")
def in_source(code: Code) -> Finding | None:
    """Everything frozen, or layers unfrozen after a fit without compiling again."""
    late = next(iter(code.of("unfrozen-after-fit")), None)
    if late is not None:
        return Finding(
            says="trainable = True is set after a fit, and fit is called again without compile: Keras "
            "decided at the first fit which weights the optimizer holds, and these do not move.",
            where=late.place,
            remedies=(propose("advise", text="Call model.compile(...) again before the second fit."),),
        )
    frozen = next(iter(code.of("frozen-model")), None)
    if frozen is None:
        return None
    return Finding(
        says="Every layer of the model that has weights is frozen: training changes nothing.",
        where=frozen.place,
        remedies=(propose("unfreeze-layers", at=frozen.place),),
    )


in_source.fires("""
model = keras.Sequential([layers.Dense(32, "relu"), layers.Dense(1)])
model.trainable = False
model.compile("adam", "mse")
model.fit(x, y)
""")
in_source.fires("""
base = keras.Sequential([layers.Dense(32, "relu")])
base.trainable = False
model = keras.Sequential([base, layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
base.trainable = True
model.fit(x, y)
""")
in_source.quiet("""
base = keras.Sequential([layers.Dense(32, "relu")])
base.trainable = False
model = keras.Sequential([base, layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
base.trainable = True
model.compile(keras.optimizers.Adam(1e-5), "mse")
model.fit(x, y)
""")
