"""What compile and fit are given in the source, as the records that rules read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unstuck.evidence.facts import Fit, Head, Loss, Metric, Metrics, Optimizer, Place
from unstuck.evidence.kinds import default_rate, snake_case
from unstuck.evidence.signatures import OPTIMIZERS
from unstuck.reading.values import (
    UNSURE,
    Compiled,
    DictValue,
    Items,
    Known,
    Made,
    Named,
    Unread,
    number,
    plain,
)

#: Short names that Keras takes for losses and metrics.
SHORT = {
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "logcosh": "log_cosh",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}

ACCURACY_WORDS = ("accuracy", "acc")

_ACCURACIES = {
    "binary": "binary_accuracy",
    "sparse": "sparse_categorical_accuracy",
    "categorical": "categorical_accuracy",
}


def by_output(given: Any, names: list[str]) -> dict[str, Any]:
    """Spread a compile argument (one value, a list, or a dict by name) over the outputs.

    What has more entries than outputs are known is for outputs that the text does not show: none gets it.
    """
    if given is None or _entries(given) > len(names):
        return {}
    if isinstance(given, DictValue):
        if len(names) == 1:
            return dict.fromkeys(names, next(iter(given.entries.values()), None))
        return {name: given.entries[name] for name in names if name in given.entries}
    if isinstance(given, Items) and not given.open:
        return dict(zip(names, given.members, strict=False))
    return dict.fromkeys(names, given)


def _entries(given: Any) -> int:
    """For how many outputs a compile argument is written: one value is for all of them."""
    if isinstance(given, DictValue):
        return len(given.entries)
    return len(given.members) if isinstance(given, Items) else 1


def losses(compiled: Compiled, names: list[str]) -> dict[str, Loss]:
    """The loss of each output, by output name; those that the text does not tell are left out."""
    weights = by_output(compiled.arguments.get("loss_weights"), names)
    found = {}
    for name, given in by_output(compiled.arguments.get("loss"), names).items():
        weight = number(weights.get(name))
        loss = _loss(given, compiled.place, 1.0 if weight is None else float(weight))
        if loss is not None:
            found[name] = loss
    return found


def _loss(given: Any, place: Place | None, weight: float) -> Loss | None:
    written = plain(given)
    if isinstance(written, str):
        return Loss(name=_name(written), weight=weight, place=place)
    if isinstance(given, Named) and given.path.startswith("keras."):
        return Loss(name=_name(given.last), weight=weight, place=place)
    if isinstance(given, Made) and given.path.startswith("keras.") and not given.custom:
        logits, smoothing = given.get("from_logits", False), given.get("label_smoothing", 0.0)
        if logits is UNSURE:
            return None
        smooth = float(smoothing) if isinstance(smoothing, (int, float)) else 0.0
        return Loss(
            name=_name(given.kind),
            from_logits=bool(logits),
            label_smoothing=smooth,
            weight=weight,
            place=place,
        )
    if written is None or given is None or isinstance(given, Unread):
        return None
    return Loss(name="custom", custom=True, weight=weight, place=place)


def _name(written: str) -> str:
    """The canonical name of a loss or metric."""
    name = snake_case(written) if not written.isupper() else written.lower()
    return SHORT.get(name.lower(), name)


def metrics(
    compiled: Compiled, heads: Mapping[str, Head], found_losses: Mapping[str, Loss], names: list[str]
) -> dict[str, Metrics]:
    """The metrics of each output."""
    spread = _metrics_by_output(compiled.arguments.get("metrics"), names)
    return {
        name: Metrics(
            uses=tuple(
                each
                for each in (
                    _metric(one, _task(heads.get(name), found_losses.get(name)), compiled.place)
                    for one in given
                )
                if each is not None
            )
        )
        for name, given in spread.items()
    }


def _metrics_by_output(given: Any, names: list[str]) -> dict[str, list[Any]]:
    if len(names) == 1:
        unknown = isinstance(given, DictValue) and len(given.entries) > 1
        return {names[0]: [] if unknown else _flat(given)}
    if isinstance(given, Items) and len(given.members) != len(names):
        return {name: [] for name in names}
    spread = by_output(given, names)
    return {name: _flat(spread.get(name)) for name in names}


def _flat(given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, Items):
        return [leaf for each in given.members for leaf in _flat(each)]
    if isinstance(given, DictValue):
        return [leaf for each in given.entries.values() for leaf in _flat(each)]
    return [given]


def _task(head: Head | None, loss: Loss | None) -> str | None:
    """What "accuracy" means here, as far as output and loss tell: Keras asks the shapes."""
    if head is not None and head.units == 1:
        return "binary"
    if loss is None or not loss.is_for_classes:
        return None
    word = loss.name.partition("_")[0]
    if word == "binary":
        # Several columns of labels get the accuracy of the largest one.
        return "categorical" if head is not None and head.units > 1 else None
    return word


def _metric(given: Any, task: str | None, place: Place | None) -> Metric | None:
    written = plain(given)
    if isinstance(written, str):
        if written.lower() in ACCURACY_WORDS:
            return Metric(name=written, resolved=_ACCURACIES.get(task or "", "unknown"), place=place)
        return Metric(name=written, resolved=_name(written), place=place)
    if isinstance(given, Named) and given.path.startswith("keras."):
        return Metric(name=given.last, resolved=_name(given.last), asked="object", place=place)
    if isinstance(given, Made) and given.path.startswith("keras."):
        name, threshold = given.get("name"), given.get("threshold", 0.5)
        own = snake_case(given.kind)
        return Metric(
            name=name if isinstance(name, str) else own,
            resolved=_name(given.kind),
            asked="object",
            threshold=float(threshold) if isinstance(threshold, (int, float)) else 0.5,
            place=place,
        )
    return (
        None
        if isinstance(given, Unread)
        else Metric(name="custom", resolved="custom", asked="object", place=place)
    )


def optimizer(compiled: Compiled) -> Optimizer | None:
    """The optimizer; its rate is NaN where the text does not tell."""
    given = compiled.arguments.get("optimizer", Known("rmsprop"))
    written = plain(given)
    if isinstance(written, str):
        name = next((each for each in OPTIMIZERS if each.lower() == written.lower()), written)
        return Optimizer(name=name, learning_rate=default_rate(name), compile_place=compiled.place)
    if isinstance(given, Named) and given.path.startswith("keras."):
        return Optimizer(
            name=given.last, learning_rate=default_rate(given.last), compile_place=compiled.place
        )
    if not isinstance(given, Made) or not given.path.startswith("keras."):
        return None
    rate = given.arguments.get("learning_rate", given.arguments.get("lr"))
    schedule = rate.kind if isinstance(rate, Made) else None
    known = default_rate(given.kind) if rate is None and not given.hidden else number(rate)
    return Optimizer(
        name=given.kind,
        learning_rate=float("nan") if known is None else float(known),
        schedule=schedule,
        momentum=_number(given, "momentum"),
        epsilon=_number(given, "epsilon"),
        clipnorm=_number(given, "clipnorm"),
        global_clipnorm=_number(given, "global_clipnorm"),
        clipvalue=_number(given, "clipvalue"),
        place=given.place,
        compile_place=compiled.place,
    )


def _number(given: Made, name: str) -> float | None:
    found = given.get(name)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def fit_record(call: Any) -> Fit:
    """A call of fit; what the text does not tell is as Keras's defaults have it."""
    arguments = call.arguments

    def known(name: str, default: Any) -> Any:
        given = arguments.get(name)
        found = default if given is None else plain(given)
        return default if found is UNSURE else found

    validation = (
        "validation_split"
        if "validation_split" in arguments
        else "validation_data"
        if "validation_data" in arguments
        else None
    )
    batch, epochs, fraction = known("batch_size", None), known("epochs", 1), known("validation_split", 0.0)
    callbacks = arguments.get("callbacks")
    listed = (
        callbacks.members if isinstance(callbacks, Items) else [callbacks] if callbacks is not None else []
    )
    return Fit(
        data=_data(call),
        batch_size=batch if isinstance(batch, int) else None,
        epochs=epochs if isinstance(epochs, int) else 1,
        epochs_done=0,
        shuffle=known("shuffle", True) is True,
        validation=validation,
        validation_split=float(fraction) if isinstance(fraction, (int, float)) else 0.0,
        class_weight=_weights(arguments.get("class_weight")),
        sample_weight="sample_weight" in arguments,
        callbacks=tuple(each.kind for each in listed if isinstance(each, Made)),
        reconstructs=_are_one(arguments.get("x"), arguments.get("y")),
        place=call.place,
    )


def _are_one(x: Any, y: Any) -> bool:
    """Whether inputs and targets are the same array, nothing having been done to either since."""
    alike = isinstance(x, Unread) and isinstance(y, Unread)
    return alike and (x.root, x.operations) == (y.root, y.operations)


def _data(call: Any) -> str:
    """What kind of data fit is given; "" where the text does not tell, or hides how it is shuffled."""
    x, y, shuffle = (call.arguments.get(name) for name in ("x", "y", "shuffle"))
    if isinstance(x, Unread) and "tensorflow.data" in x.origin:
        return "tf.data"
    unsure = call.hidden or call.method != "fit" or (shuffle is not None and plain(shuffle) is UNSURE)
    return "arrays" if y is not None and not unsure else ""


def _weights(given: Any) -> tuple[tuple[int, float], ...] | None:
    known = plain(given) if given is not None else None
    if not isinstance(known, dict):
        return None
    pairs = [
        (key, value)
        for key, value in known.items()
        if isinstance(key, int) and isinstance(value, (int, float))
    ]
    return tuple((key, float(value)) for key, value in pairs) or None
