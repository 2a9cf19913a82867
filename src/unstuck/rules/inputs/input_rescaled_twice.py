"""The rule input-rescaled-twice."""

from __future__ import annotations

from collections.abc import Iterator

from unstuck.evidence.facts import Code, Input, Inputs, Layer, Model, Operation, Sighting, WrittenInputs
from unstuck.judgement.findings import Certainty, Finding, Proposal, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.inputs._pretrained import division, is_pixel_factor, scales_inside
from unstuck.rules.rule import cause

#: Pixels that were divided once end at 1; from here on they were not.
SCALED = 1.0


@cause(
    "input-rescaled-twice",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "dead-relu",
        "learning-rate-too-low",
        "model-too-small",
        "too-few-updates",
        "vanishing-gradient",
    ),
)
def input_rescaled_twice(
    code: Code, written: WrittenInputs | None, inputs: Inputs | None, model: Model | None
) -> Finding | None:
    """Pixels are divided by 255 twice.

    Why it looks stuck: divided twice, 0..255 becomes 0..0.004. To the network all images are the same grey:
    what tells them apart is 255 times smaller than the weights are made for. EfficientNet, ConvNeXt and
    MobileNetV3 scale inside, and expect 0..255; their preprocess_input does nothing.

    How it is proved: the source divides the inputs, and the model scales them again. If the pixels go beyond
    255 (16 bits), two divisions may be meant. In a run the range of what reaches the model is measured.

    What to do: scale once: take out the division or the Rescaling layer, and feed 0..255 to a network that
    scales inside.
    """
    divided = division(written)
    layers = (*code.of("rescaling"), *_rescaling(model))
    layer = next((each for each in layers if is_pixel_factor(each.shows.get("scale"))), None)
    inside = next((each for each in code.of("pretrained") if scales_inside(each.shows.get("name"))), None)
    seen = inputs.training[0] if inputs is not None and len(inputs.training) == 1 else None
    small = seen is not None and seen.minimum >= -SCALED and seen.maximum <= SCALED
    if layer is not None and inside is not None:
        return _twice(f"a Rescaling layer, and {inside.shows['name']} scales them again inside", layer, seen)
    divided_before = small if seen is not None else divided is not None
    if not divided_before:
        return None
    if layer is not None:
        return _twice("the program, and the Rescaling layer of the model does so again", layer, seen)
    if inside is not None:
        how = f"the program, and {inside.shows['name']} scales them again inside"
        return _twice(how, divided or inside, seen)
    return None


def _rescaling(model: Model | None) -> Iterator[Sighting]:
    """The layers before the first weights that multiply what the model is given, from whatever file."""
    for each in model.layers if model is not None else ():
        if each.scale is not None:
            yield Sighting(kind="rescaling", place=each.place, shows={"scale": each.scale})
        if each.parameters:
            return


def _twice(how: str, step: Operation | Sighting, seen: Input | None) -> Finding:
    """The finding at the step that is too many."""
    is_layer = isinstance(step, Sighting) and step.kind == "rescaling"
    ranges = f" They reach it from {seen.minimum:.3g} to {seen.maximum:.3g}." if seen is not None else ""
    remedy: Proposal = propose(
        "advise", text="Feed pixels from 0 to 255: take out the division before the model."
    )
    return Finding(
        says=f"The pixels are scaled by {how}.{ranges} Pixels from 0 to 255 end between 0 and about "
        f"{1 / 255:.2g}: to the network all images are nearly the same.",
        shows={
            "range_after_both": 1 / 255,
            "minimum": seen.minimum if seen else None,
            "maximum": seen.maximum if seen else None,
        },
        where=step.place,
        certainty=Certainty.MEASURED if seen is not None else None,
        remedies=(propose("remove-layer", at=step.place), remedy) if is_layer else (remedy,),
    )


_DIVIDED = WrittenInputs(operations=(Operation(kind="divide", value=255.0),))
_LAYER = Code(sightings=(Sighting(kind="rescaling", shows={"scale": 1 / 255}),))


def _network(name: str) -> Code:
    shows = {"name": name, "weights": "imagenet", "preprocessed": False}
    return Code(sightings=(Sighting(kind="pretrained", shows=shows),))


input_rescaled_twice.fires(_LAYER, _DIVIDED)
input_rescaled_twice.fires(_network("EfficientNetB0"), _DIVIDED)
input_rescaled_twice.fires(
    _network("MobileNetV3Small"),
    WrittenInputs(operations=(Operation(kind="divide", value=127.5), Operation(kind="subtract", value=1.0))),
)
input_rescaled_twice.fires(Code(sightings=(*_LAYER.sightings, *_network("ConvNeXtTiny").sightings)))
input_rescaled_twice.fires(_LAYER, Inputs(training=(Input(shape=(28, 28), minimum=0.0, maximum=1.0),)))
_TOWER = Model(layers=(Layer(kind="Rescaling", scale=1 / 255), Layer(kind="Conv2D", parameters=80)))
_UNIT = Inputs(training=(Input(shape=(28, 28), minimum=0.0, maximum=1.0),))
input_rescaled_twice.fires(Code(), _UNIT, _TOWER)  # a layer that a helper in another file made
input_rescaled_twice.quiet(Code(), Inputs(training=(Input(minimum=0.0, maximum=255.0),)), _TOWER)
input_rescaled_twice.quiet(  # behind weights a factor is part of the network
    Code(), _UNIT, Model(layers=tuple(reversed(_TOWER.layers)))
)
input_rescaled_twice.quiet(_LAYER, WrittenInputs())
input_rescaled_twice.quiet(_LAYER, Inputs(training=(Input(shape=(28, 28), minimum=0.0, maximum=255.0),)))
input_rescaled_twice.quiet(_network("ResNet50"), _DIVIDED)
input_rescaled_twice.quiet(_network("EfficientNetB0"), WrittenInputs())
input_rescaled_twice.quiet(  # brought back to 0..255
    _LAYER,
    WrittenInputs(
        operations=(Operation(kind="divide", value=255.0), Operation(kind="multiply", value=255.0))
    ),
)
input_rescaled_twice.quiet(  # 16 bits to 8
    _LAYER, WrittenInputs(operations=(Operation(kind="divide", value=257.0 * 255.0),))
)
input_rescaled_twice.quiet(Code(), _DIVIDED)
