"""What stands in a file as a whole, as the sightings that rules read.

Each kind is described at `Sighting`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from unstuck.evidence.facts import Operation, Place, Sighting
from unstuck.evidence.syntax import below
from unstuck.reading.describe import Described
from unstuck.reading.generators import is_endless, standing_still
from unstuck.reading.graph import all_parts
from unstuck.reading.inert import prints
from unstuck.reading.resets import backward_in, is_own_step, resets, sets_gradient
from unstuck.reading.shapes import shape_given, width_of
from unstuck.reading.training import Models, Training
from unstuck.reading.values import Known, Made, Named, Network, Tensor, Unread, members, plain
from unstuck.reading.walk import Note, Walk

#: Layers that behave otherwise in training.
_TWO_FACED = ("BatchNormalization", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise")


#: What a distribution's width is called.
_WIDTHS = {
    "Constant": "value",
    "RandomNormal": "stddev",
    "TruncatedNormal": "stddev",
    "RandomUniform": "maxval",
}


@dataclass(frozen=True)
class Text:
    """What a file's text says whichever way it is walked: how often each name is read, which names are
    given to calls (by the call's line and column), the generators that stand still, and (`summed`) the steps
    whose gradients nothing in the file resets. `shared` are the names that functions declare global, `free`
    those that nothing in the file binds; `imports` says whether it imports anything, `size` counts its
    nodes; `printed` are the statements that print and call nothing else.
    """

    names: Mapping[str, int]
    assigned: Mapping[tuple[int, int], str]
    still: tuple[Sighting, ...]
    shared: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    imports: bool = False
    size: int = 0
    printed: tuple[ast.AST, ...] = ()
    summed: tuple[Sighting, ...] = ()

    @classmethod
    def of(cls, tree: ast.Module, file: str) -> Text:
        """Go through a file's tree once."""
        names: dict[str, int] = {}
        assigned: dict[tuple[int, int], str] = {}
        still: list[Sighting] = []
        shared: set[str] = set()
        read: set[str] = set()
        bound: set[str] = set()
        printed: list[ast.AST] = []
        backward: list[ast.Call | None] = []
        imports = reset = False
        size = 0
        for size, node in enumerate(below(tree), start=1):  # noqa: B007
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    names[node.id] = names.get(node.id, 0) + 1
                (bound if isinstance(node.ctx, ast.Store) else read).add(node.id)
            elif isinstance(node, ast.Attribute):
                names[node.attr] = names.get(node.attr, 0) + 1
                reset = reset or sets_gradient(node)
            elif is_own_step(node):
                backward.append(backward_in(node))
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                target = node.targets[0]
                if len(node.targets) == 1 and isinstance(target, ast.Name):
                    assigned[node.value.lineno, node.value.col_offset] = target.id
            elif isinstance(node, ast.Global):
                shared.update(node.names)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                imports = True
            elif isinstance(node, ast.Expr) and prints(node):
                printed.append(node)
            elif is_endless(node):
                still += [
                    Sighting(kind="generator-stands-still", place=_at(each, file))
                    for each in standing_still(node)
                ]
        free = frozenset(read - bound)
        summed = [
            Sighting(kind="backward-without-reset", place=_at(each, file))
            for each in backward
            if each is not None and not reset and not resets(names)
        ]
        told = tuple(still), frozenset(shared), free, imports, size, tuple(printed), tuple(summed)
        return cls(names, assigned, *told)


def of_file(walk: Walk, text: Text, models: Models) -> tuple[Sighting, ...]:
    """What stands in the file as a whole."""
    found = [
        *_arrays(walk, models),
        *_precision(walk),
        *_initialisers(walk),
        *_pretrained(walk, text.names),
        *_unused_optimizers(walk, text),
        *_scalers(walk),
        *_tapes(walk, text.names),
        *text.still,
        *text.summed,
    ]
    return tuple(found)


def _at(node: Any, file: str) -> Place:
    return Place(
        file=file,
        line=node.lineno,
        column=node.col_offset,
        end_line=node.end_lineno,
        end_column=node.end_col_offset,
    )


def _arrays(walk: Walk, models: Models) -> Iterator[Sighting]:
    """Rows swapped or shuffled in place, and argmax over predictions."""
    fed = {each.root for one in walk.trainings for each in _fed(one)}
    for note in walk.notes:
        rows = note.shows.get("of")
        shuffled = note.kind == "shuffled-in-place" and note.shows["by"] == "random.shuffle"
        if not (note.kind == "swapped" or shuffled) or not isinstance(rows, Unread):
            continue
        # The members of lists and of one axis do change places: what is trained on, or an array, counts.
        if rows.root in fed or _may_have_axes(rows):
            how = note.shows.get("how", "random.shuffle")
            shows = {"how": how, "array": rows.origin.startswith("numpy.")}
            yield Sighting(kind="swapped-rows", place=note.place, shows=shows)
    for note, axis, network in argmaxes(walk):
        shows = {
            "axis": axis,
            "columns": _columns(models.described(network), axis),
            "certain": note.shows["certain"],
        }
        yield Sighting(kind="argmax", place=note.place, shows=shows)


#: Brackets that take some of the rows, `[:100]`, and none of the columns.
_ROWS = re.compile(r"[^,:\[\]()]*:[^,:\[\]()]*")

#: What leaves a model's answers as they are, row by row.
_AS_ANSWERED = ("array", "asarray", "astype", "cast", "copy", "cpu", "detach", "numpy")

#: Methods of a model's class that may answer rows in a form of their own.
_OWN_ANSWERS = ("predict_step", "make_predict_function")


def argmaxes(walk: Walk) -> Iterator[tuple[Note, int | None, Network]]:
    """Each argmax over a model's answers as they are: its note, along which axis, and whose answers."""
    for note in walk.notes:
        if note.kind != "argmax":
            continue
        given, axis = note.shows["of"], note.shows["axis"]
        network = given.operation if isinstance(given, Tensor) and _is_of_rows(given) else None
        if isinstance(given, Unread) and all(map(_keeps_columns, given.operations)):
            network = walk.predicted.get(given.root)
        if isinstance(network, Network) and not any(map(network.of.find, _OWN_ANSWERS) if network.of else ()):
            yield note, axis if isinstance(axis, int) else None, network


def _is_of_rows(answers: Tensor) -> bool:
    """Whether a model was called on rows, not on a part of another model."""
    return all(each.operation == "Unknown" for each in answers.inputs)


def _keeps_columns(step: Operation) -> bool:
    """Whether a step leaves answers as they are, or takes some of the rows."""
    return step.kind in _AS_ANSWERED or (step.kind == "take" and _ROWS.fullmatch(str(step.value)) is not None)


#: What makes an array of one axis, whose members are copied when they change places.
_ONE_AXIS = ("arange", "linspace", "argsort", "permutation", "unique", "bincount")


def _may_have_axes(rows: Unread) -> bool:
    return rows.origin.startswith("numpy.") and rows.origin.rpartition(".")[2] not in _ONE_AXIS


def _fed(one: Training) -> Iterator[Unread]:
    """The rows that a call of fit is given, as far as they are known one by one."""
    given = (one.fit.arguments.get(name) for name in ("x", "y")) if one.fit is not None else ()
    for each in given:
        for value in members(each) or (each,):
            if isinstance(value, Unread):
                yield value


def _columns(of: Described, axis: int | None) -> int | None:
    """The size of the axis along which a row is compared: the last one's is known whatever the rank."""
    heads = list(of.heads.values())
    if len(heads) != 1 or (axis != -1 and len(heads[0].shape) != 1):
        return None
    return heads[0].units or None


def _precision(walk: Walk) -> Iterator[Sighting]:
    for note in walk.notes:
        if note.kind == "precision" and isinstance(note.shows["policy"], str):
            yield Sighting(kind="precision", place=note.place, shows={"policy": note.shows["policy"]})


def _initialisers(walk: Walk) -> Iterator[Sighting]:
    """Layers with an initialiser of the user's choice."""
    for layer in walk.objects:
        if not layer.path.startswith("keras.layers."):
            continue
        for parameter in ("kernel", "bias"):
            given = layer.arguments.get(f"{parameter}_initializer")
            name = _initialiser(given)
            if name is None:
                continue
            read = shape_given(layer)
            yield Sighting(
                kind="initialiser",
                place=layer.place,
                shows={
                    "layer": layer.kind,
                    "activation": _text(layer.get("activation", "linear")),
                    "units": width_of(layer),
                    "parameter": parameter,
                    "name": name,
                    "value": _width_of(given, name),
                    "fan_in": read[-1] if read else None,
                },
            )


def _initialiser(given: Any) -> str | None:
    """The class name of an initialiser, given as an object or by name."""
    if isinstance(given, Made):
        return given.kind
    text = plain(given) if given is not None else None
    if not isinstance(text, str):
        return None
    return {"zero": "Zeros", "one": "Ones"}.get(text, "".join(part.capitalize() for part in text.split("_")))


def _width_of(given: Any, name: str) -> float | None:
    if not isinstance(given, Made) or name not in _WIDTHS:
        return None
    parameter = _WIDTHS[name]
    position = 0 if parameter == "value" else 1
    found = given.get(parameter, given.get(position))
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _pretrained(walk: Walk, names: Mapping[str, int]) -> Iterator[Sighting]:
    for made in walk.objects:
        if made.path.startswith("keras.applications."):
            weights = made.get("weights", "imagenet")
            yield Sighting(
                kind="pretrained",
                place=made.place,
                shows={
                    "name": made.kind,
                    "weights": weights if isinstance(weights, str) or weights is None else None,
                    "preprocessed": "preprocess_input" in names,
                },
            )


def _unused_optimizers(walk: Walk, text: Text) -> Iterator[Sighting]:
    """Optimizers that are given a name which nothing reads, in a file that compiles with another one."""
    compiled = [note.shows["call"] for note in walk.notes if note.kind == "compiled"]
    used = [call.arguments.get("optimizer") for call in compiled]
    if not used or any(call.hidden for call in compiled):
        return
    for made in walk.objects:
        if not made.path.startswith("keras.optimizers.") or ".schedules." in made.path or made in used:
            continue
        name = text.assigned.get((made.place.line, made.place.column))
        if name is not None and not text.names.get(name):
            shows = {"name": made.kind, "used": _as_written(used[0])}
            yield Sighting(kind="optimizer-unused", place=made.place, shows=shows)


def _as_written(given: Any) -> str:
    if isinstance(given, Known):
        return repr(given.value)
    return (
        given.kind if isinstance(given, Made) else given.last if isinstance(given, Named) else "another one"
    )


def _scalers(walk: Walk) -> Iterator[Sighting]:
    """Scalers that are fitted a second time, on the other part of the same data."""
    first: dict[int, Note] = {}
    for note in walk.notes:
        if note.kind != "fitted" or note.shows["method"] not in ("fit", "fit_transform"):
            continue
        by, rows = note.shows["by"], note.shows["of"]
        if not by.path.startswith("sklearn.preprocessing.") or not isinstance(rows, Unread):
            continue
        before = first.setdefault(id(by), note)
        if before.place != note.place and _other_part(before.shows["of"], rows):
            yield Sighting(kind="scaler-fitted-twice", place=note.place, shows={"name": by.kind})


def _other_part(one: Any, other: Unread) -> bool:
    """Whether two arrays are the training part and the other part of the same data."""
    if not isinstance(one, Unread) or one.root != other.root:
        return False
    parts = [rows.did("train_test_split") for rows in (one, other)]
    if parts[0] is not None and parts[1] is not None:
        other_parts: list[Any] = [parts[0].value, parts[1].value]
        return parts[0].place == parts[1].place and other_parts == ["train", "test"]
    paths = [[each.value for each in rows.operations if each.kind == "take"] for rows in (one, other)]
    if [len(path) for path in paths] == [2, 2] and all(
        isinstance(each, int) for path in paths for each in path
    ):
        return bool(paths[0][0] != paths[1][0] and paths[0][1] == paths[1][1])
    texts = [str(path[-1]) if path else "" for path in paths]
    return texts[0].startswith(":") and texts[1] == texts[0].removeprefix(":") + ":"


def _tapes(walk: Walk, names: Mapping[str, int]) -> Iterator[Sighting]:
    """Models called in a tape, in a file whose tapes train something."""
    if not {"apply_gradients", "apply", "minimize"} & names.keys():
        return
    for note in walk.notes:
        if note.kind == "called-in-tape" and note.shows["training"] is None:
            held = [each.kind for each in all_parts(note.shows["of"]) if isinstance(each, Made)]
            kinds = tuple(dict.fromkeys(kind for kind in held if kind in _TWO_FACED))
            yield Sighting(kind="tape-without-training", place=note.place, shows={"layers": kinds})
