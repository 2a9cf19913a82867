"""The rule wrong-pretrained-preprocessing."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Operation, Sighting, WrittenInputs
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.inputs._pretrained import CAFFE, EXPECTS, SIGNED, TORCH, division, is_pixel_factor
from unstuck.rules.rule import cause

#: What each kind of network was trained on, in words.
_WORDS = {
    CAFFE: "pixels of 0..255 with the mean of each channel subtracted, blue first",
    SIGNED: "pixels from -1 to 1",
    TORCH: "pixels of 0..1, less the mean of each channel, divided by its deviation",
}

#: The module that holds the preprocess_input of a model, where it is not the name in small letters.
_MODULES = {
    "DenseNet": "densenet",
    "InceptionResNetV2": "inception_resnet_v2",
    "InceptionV3": "inception_v3",
    "MobileNetV2": "mobilenet_v2",
    "NASNet": "nasnet",
}


@cause(
    "wrong-pretrained-preprocessing",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "inputs-not-scaled", "model-too-small", "too-few-updates"),
)
def wrong_pretrained_preprocessing(code: Code, written: WrittenInputs) -> Finding | None:
    """A pretrained network gets pixels in another form than those it was trained on.

    Why it looks stuck: the weights of a pretrained network were fitted to pixels in one form. In another form
    its features hardly tell the images apart, above all where its layers are frozen, and the layers on top
    learn slowly and little.

    How it is proved: the network asks for a form of its own, and neither its preprocess_input nor the same
    arithmetic stands in the file, and it shows where the pixels come from. They may have been prepared
    before: look at the range of a batch.

    What to do: call the preprocess_input of the network's own module on pixels of 0..255.
    """
    if not _is_seen(written):
        return None
    for seen in code.of("pretrained"):
        name = seen.shows.get("name")
        form = EXPECTS.get(name) if isinstance(name, str) else None
        unprepared = seen.shows.get("weights") == "imagenet" and seen.shows.get("preprocessed") is False
        if form is None or not unprepared or _prepared(form, code, written):
            continue
        divided = division(written)
        fed = ", and the program divides them" if divided is not None else ""
        own = f"keras.applications.{_module(str(name))}.preprocess_input"
        return Finding(
            says=f"{name} with its ImageNet weights expects {_WORDS[form]}{fed}; {own} is not called "
            "anywhere. In another form its features hardly tell images apart.",
            shows={"network": name, "expects": form, "preprocessed": False},
            where=seen.place,
            remedies=(
                propose("advise", text=f"Call {own}(x) on pixels of 0..255, in place of other scaling."),
            ),
        )
    return None


def _is_seen(written: WrittenInputs) -> bool:
    """Whether the way of the pixels into fit is seen. What a mapped function does may not be."""
    if not (written.origin or written.operations):
        return False
    return written.last("map") is None or division(written) is not None


def _module(name: str) -> str:
    """The module of keras.applications that a model comes from."""
    if name.startswith("ResNet"):
        return "resnet_v2" if name.endswith("V2") else "resnet"
    return next((module for start, module in _MODULES.items() if name.startswith(start)), name.lower())


def _prepared(form: str, code: Code, written: WrittenInputs) -> bool:
    """Whether the program or the model does by hand what the network asks for, as far as can be seen."""
    if any(step.kind == "subtract" for step in written.operations):
        return True  # centred by hand; by which numbers is not followed
    scales = [each.shows.get("scale") or 0.0 for each in code.of("rescaling")]
    return form == SIGNED and any(is_pixel_factor(scale) and scale > 1 / 200 for scale in scales)


def _network(name: str, weights: str | None = "imagenet", *, preprocessed: bool = False) -> Code:
    shows = {"name": name, "weights": weights, "preprocessed": preprocessed}
    return Code(sightings=(Sighting(kind="pretrained", shows=shows),))


_DIVIDED = WrittenInputs(operations=(Operation(kind="divide", value=255.0),))

wrong_pretrained_preprocessing.fires(_network("VGG16"), _DIVIDED)
wrong_pretrained_preprocessing.fires(
    _network("MobileNetV2"), WrittenInputs(origin="keras.utils.image_dataset_from_directory")
)
wrong_pretrained_preprocessing.quiet(_network("MobileNetV2", preprocessed=True), _DIVIDED)
wrong_pretrained_preprocessing.quiet(_network("ResNet50", weights=None), _DIVIDED)
wrong_pretrained_preprocessing.quiet(_network("EfficientNetB0"), _DIVIDED)  # scales inside
wrong_pretrained_preprocessing.quiet(
    _network("Xception"),
    WrittenInputs(operations=(Operation(kind="divide", value=127.5), Operation(kind="subtract", value=1.0))),
)
wrong_pretrained_preprocessing.quiet(
    Code(
        sightings=(
            Sighting(kind="rescaling", shows={"scale": 1 / 127.5}),
            *_network("MobileNetV2").sightings,
        )
    ),
    WrittenInputs(origin="keras.utils.image_dataset_from_directory"),
)
wrong_pretrained_preprocessing.quiet(Code(), WrittenInputs())
wrong_pretrained_preprocessing.quiet(_network("VGG16"), WrittenInputs())  # pixels from anywhere
wrong_pretrained_preprocessing.quiet(  # what the function does is not followed
    _network("MobileNetV2"),
    WrittenInputs(origin="keras.utils.image_dataset_from_directory", operations=(Operation(kind="map"),)),
)
