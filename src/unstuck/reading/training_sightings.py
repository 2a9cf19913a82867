"""What the source shows around one training, as the sightings that rules read.

Each kind is described at `Sighting`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from unstuck.evidence.facts import Place, Sighting
from unstuck.reading.describe import described
from unstuck.reading.file_sightings import argmaxes
from unstuck.reading.graph import all_parts
from unstuck.reading.layers import scale_of
from unstuck.reading.training import FitCall, Training
from unstuck.reading.values import Items, Known, Made, Named, Network, Unread, members, plain
from unstuck.reading.walk import Walk


def of_training(found: Training, walk: Walk) -> tuple[Sighting, ...]:
    """What concerns one training: its model, its compile and its fit."""
    network = found.network
    sightings = [*_rescaling(network)]
    trained = found.fit is not None and found.fit.method != "train_on_batch"
    if found.described.frozen and found.compiled is not None and trained and _is_shown(network):
        sightings.append(Sighting(kind="frozen-model", place=_where_frozen(network, walk)))
    compiled = found.compiled
    if compiled is not None:
        third = compiled.arguments.get("loss_weights")
        given = members(third) if isinstance(third, Items) else None
        texts = [_metric_name(each) for each in given or ()]
        if compiled.positional > 2 and texts and all(texts):
            names = tuple(texts)
            sightings.append(
                Sighting(kind="metrics-by-position", place=compiled.place, shows={"names": names})
            )
        inside = [loop for loop in compiled.loops if loop not in network.loops]
        fitted = found.fit is not None and inside and set(inside) <= {id(loop) for loop in found.fit.loops}
        if fitted:
            sightings.append(Sighting(kind="compile-in-loop", place=compiled.place))
    if found.fit is not None:
        sightings += _largest(found, walk)
        sightings += [*_callbacks(found.fit), *_loop(found, walk), *_unfrozen(found, walk)]
    return tuple(sightings)


def _is_shown(network: Network) -> bool:
    """Whether the file shows all that a model holds, and leaves its training to Keras.

    A trainer with a train step of its own may freeze on purpose what it does not train.
    """
    traced = network.kind != "subclassed" or bool(network.outputs)
    return traced and network.whole and not network.trains_its_own_way


def _metric_name(value: Any) -> str:
    """What names a metric: a text, or a class of keras.metrics; "" for anything else."""
    written = plain(value)
    if isinstance(written, str):
        return written
    path = value.path if isinstance(value, (Made, Named)) else ""
    return path.rpartition(".")[2] if path.startswith("keras.metrics.") else ""


def _largest(found: Training, walk: Walk) -> list[Sighting]:
    """Where the argmax is taken of this model's answers, if it ends as it ended when it was fitted."""
    network = found.network
    places = [(note.place, axis) for note, axis, of in argmaxes(walk) if of is network]
    if not places or described(network).heads != found.described.heads or _added_to(network):
        return []
    return [Sighting(kind="answers-argmax", place=place, shows={"axis": axis}) for place, axis in places]


def _added_to(network: Network) -> bool:
    """Whether the file adds layers to a model that it does not show."""
    return network.kind == "opaque" and bool(network.layers)


def _rescaling(network: Network) -> Iterator[Sighting]:
    for layer in all_parts(network):
        if isinstance(layer, Made) and layer.kind == "Rescaling":
            yield Sighting(kind="rescaling", place=layer.place, shows={"scale": scale_of(layer)})


def _callbacks(fit: FitCall) -> Iterator[Sighting]:
    given = fit.arguments.get("callbacks")
    for each in members(given) or [given]:
        if isinstance(each, Made) and each.path.startswith("keras.callbacks."):
            known = [(name, plain(value)) for name, value in each.arguments.items() if isinstance(name, str)]
            plainly = tuple(
                (name, value) for name, value in known if isinstance(value, (str, int, float, bool))
            )
            hidden = each.hidden or len(plainly) < len(each.arguments)
            shows = {"name": each.kind, "arguments": plainly, "hidden": hidden}
            yield Sighting(kind="callback", place=each.place, shows=shows)


def _loop(found: Training, walk: Walk) -> Iterator[Sighting]:
    """A fit in a loop that the model was not made in, on what the loop makes."""
    fit = found.fit
    if fit is None:
        return
    outer = [
        (loop, start)
        for loop, start in zip(fit.loops, fit.loop_starts, strict=True)
        if id(loop) not in found.network.loops
    ]
    restored = {note.place.line for note in walk.notes if note.kind == "weights-set"}
    if not outer or found.network.kind == "opaque":
        return
    loop, start = outer[0]
    lines = range(loop.lineno, (loop.end_lineno or loop.lineno) + 1)  # type: ignore[attr-defined]
    if any(line in lines for line in restored):
        return
    folds = _goes_over_folds(loop)
    x = fit.arguments.get("x")
    rows = x if isinstance(x, Unread) else None
    fresh = rows is not None and (rows.root > start or any(each.value == "each" for each in rows.operations))
    if folds or fresh:
        epochs = plain(fit.arguments.get("epochs", Known(1)))
        shows = {"epochs": epochs if isinstance(epochs, int) else None, "folds": folds}
        yield Sighting(kind="fit-in-loop", place=fit.place, shows=shows)


def _goes_over_folds(loop: Any) -> bool:
    """Whether a loop goes over `....split(...)` with one or two arrays, as scikit-learn's folds do."""
    if not isinstance(loop, ast.For):
        return False
    calls = [
        each
        for each in ast.walk(loop.iter)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)
    ]
    splits = [
        each
        for each in calls
        if isinstance(each.func, ast.Attribute) and each.func.attr == "split" and each.args
    ]
    return any(not isinstance(each.args[0], ast.Constant) for each in splits)


def _unfrozen(found: Training, walk: Walk) -> Iterator[Sighting]:
    """`trainable = True` after a fit of the model, without a compile before this one."""
    network, fit = found.network, found.fit
    if fit is None or not fit.before or fit.loops:
        return
    held = _held(network)
    since: Place | None = None
    frozen = fitted = False
    for note in walk.notes:
        of, value = note.shows.get("of"), note.shows.get("value")
        if note.kind == "fitted-model" and of is network:
            if note.shows["fit"] is fit:
                break
            fitted, since = True, None
        elif note.kind == "compiled" and of is network:
            since = None
        elif note.kind == "trainable-set" and id(of) in held:
            frozen = frozen or value is False
            if fitted and frozen and value is True:
                since = since or note.place
    if since is not None:
        yield Sighting(kind="unfrozen-after-fit", place=since)


def _held(network: Network) -> set[int]:
    """The model and all that it holds or that makes its outputs, by identity."""
    return {id(network), *map(id, all_parts(network)), *map(id, _inside(network))}


def _inside(network: Network) -> list[Any]:
    """The layers and models that make the outputs of a functional model."""
    found: list[Any] = []
    waiting = list(network.outputs.values())
    seen: set[int] = set()
    while waiting and len(seen) < 2000:
        tensor = waiting.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        waiting.extend(tensor.inputs)
        if isinstance(tensor.operation, (Made, Network)):
            found.append(tensor.operation)
        if isinstance(tensor.operation, Network):
            found.extend(all_parts(tensor.operation))
    return found


def _where_frozen(network: Network, walk: Walk) -> Place | None:
    """The last place that says `trainable = False`, else where the model is made."""
    held = _held(network)
    places = [
        note.place
        for note in walk.notes
        if note.kind == "trainable-set" and note.shows["value"] is False and id(note.shows["of"]) in held
    ]
    return places[-1] if places else network.place
