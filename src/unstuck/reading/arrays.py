"""What the calls of numpy, scikit-learn, tf.data and Python's own functions do to Values."""

from __future__ import annotations

import ast
from typing import Any

from unstuck.evidence.facts import Operation
from unstuck.reading.values import (
    UNSURE,
    DictValue,
    Function,
    Items,
    Known,
    Made,
    Named,
    Unread,
    first_rows,
    hashable,
    members,
    number,
    plain,
)
from unstuck.reading.walk import MOST_ROUNDS, ProgramEnded, Walk

#: Functions that mix the rows of what they are given, in place.
IN_PLACE = ("random.shuffle", "numpy.random.shuffle")

#: Libraries whose functions make an array from an array, but for those that read something.
_LIBRARIES = ("numpy", "tensorflow", "keras", "pandas", "scipy", "sklearn", "jax", "torch")
_READERS = ("load", "read", "open", "fetch", "gen", "from_file", "image_dataset", "text_dataset")

_SPLITS = ("sklearn.model_selection.train_test_split", "sklearn.cross_validation.train_test_split")
_EXITS = ("sys.exit", "builtins.exit", "builtins.quit", "os._exit")


def known_arguments(positional: list[Any], keywords: dict[str, Any]) -> dict[Any, Any]:
    """The arguments whose values are written in the source, by position or name."""
    found: dict[Any, Any] = {index: plain(value) for index, value in enumerate(positional)}
    found |= {name: plain(value) for name, value in keywords.items()}
    return {key: value for key, value in found.items() if value is not UNSURE}


#: Steps of a stream after which an element is no longer the pair of arrays that the stream was made of.
_REGROUPED = frozenset({"enumerate", "flat_map", "interleave", "scan", "window", "zip"})


def derived(
    walk: Walk, node: ast.Call, rows: Unread, kind: str, positional: list[Any], keywords: dict[str, Any]
) -> Unread:
    """What an array is after a function or method of this name."""
    known = known_arguments(positional, keywords)
    step = Operation(kind=kind, value=known.get(0), arguments=known, place=walk.place(node))
    made = rows.then(step)
    if kind in _REGROUPED:
        made = made.having(())
    if kind == "map" and rows.parts and positional:
        made = _mapped(walk, made, positional[0])
    return made


def _mapped(walk: Walk, stream: Unread, function: Any) -> Unread:
    """A stream whose elements went through a function of the file."""
    if not isinstance(function, Function):
        return stream.having(())
    found = members(walk.enter(function, list(stream.parts), {}))
    parts = tuple(each for each in found or () if isinstance(each, Unread))
    return stream.having(parts if found is not None and len(parts) == len(found) else ())


def function(walk: Walk, node: ast.Call, path: str, positional: list[Any], keywords: dict[str, Any]) -> Any:
    """What a function that is no class gives."""
    name = path.rpartition(".")[2]
    if path in _EXITS:
        raise ProgramEnded
    if path.startswith("builtins."):
        return _builtin(walk, node, name, positional, keywords)
    if path in _SPLITS:
        return _split(walk, node, positional, keywords)
    if path in IN_PLACE:
        shuffled_in_place(walk, node, path, positional)
        return Known(None)
    if path.endswith("Dataset.from_tensor_slices") or path.endswith("Dataset.from_tensors"):
        return _stream(walk, node, path, positional)
    if name == "argmax" and positional:
        note_argmax(walk, node, positional[0], positional[1:], keywords)
    if path == "os.environ.setdefault" and len(positional) > 1:
        walk.note("environment", node, name=plain(positional[0]), value=plain(positional[1]))
    if name in (
        "set_floatx",
        "set_global_policy",
        "set_dtype_policy",
        "set_policy",
        "set_experimental_policy",
    ):
        walk.note("precision", node, policy=plain(positional[0]) if positional else UNSURE)
    rows = first_rows([*positional, *keywords.values()])
    if rows is None or name.startswith(_READERS) or path.partition(".")[0] not in _LIBRARIES:
        return Unread(origin=path, place=walk.place(node))
    if name in _REGROUPED and "Dataset" in path:
        return Unread(origin=path, place=walk.place(node))
    joined = (
        first_list(positional) if name in ("concatenate", "vstack", "hstack", "concat", "append") else None
    )
    made = derived(walk, node, rows, name, positional, keywords)
    return made if joined is None else made.having(tuple(each for each in joined if isinstance(each, Unread)))


def note_argmax(walk: Walk, node: ast.Call, of: Any, positional: list[Any], keywords: dict[str, Any]) -> None:
    """Note an argmax, which PyTorch gives its axis as `dim`."""
    axis = keywords.get("axis", keywords.get("dim", (positional or [None])[0]))
    given = plain(axis) if axis is not None else None
    walk.note("argmax", node, of=of, axis=given, certain=walk.is_certain)


def first_list(values: list[Any]) -> list[Any] | None:
    """The members of the first list among values."""
    return next((each.members for each in values if isinstance(each, Items)), None)


def _split(walk: Walk, node: ast.Call, positional: list[Any], keywords: dict[str, Any]) -> Items:
    """train_test_split: two parts of each array."""
    known = known_arguments([], keywords)
    found: list[Any] = []
    for each in positional:
        for part in ("train", "test"):
            step = Operation(kind="train_test_split", value=part, arguments=known, place=walk.place(node))
            found.append(each.then(step) if isinstance(each, Unread) else Unread())
    return Items(found)


def bound_anew(walk: Walk, target: ast.expr, made: Any) -> None:
    """What is changed where it stands: the name that holds it means what was made of it from here on."""
    if isinstance(target, ast.Name):
        walk.scope.bind(target.id, made)


def shuffled_in_place(walk: Walk, node: ast.Call, path: str, positional: list[Any]) -> None:
    """Rows shuffled where they stand: the name that holds them means the shuffled ones from here on."""
    if not positional or not isinstance(positional[0], Unread):
        return
    rows = positional[0]
    walk.note("shuffled-in-place", node, by=path, of=rows)
    bound_anew(walk, node.args[0], rows.then(Operation(kind="shuffle", place=walk.place(node))))


def _stream(walk: Walk, node: ast.Call, path: str, positional: list[Any]) -> Unread:
    """A tf.data pipeline over arrays."""
    parts = first_list(positional) or positional[:1]
    known = tuple(each for each in parts if isinstance(each, Unread))
    made = Unread(origin=path, place=walk.place(node))
    return made.having(known if len(known) == len(parts) else ())


def _builtin(walk: Walk, node: ast.Call, name: str, positional: list[Any], keywords: dict[str, Any]) -> Any:
    """Python's own functions, as far as a model is built with them."""
    known = [plain(each) for each in positional]
    if name == "range" and known and all(isinstance(each, int) for each in known):
        return _range(known)
    if name in ("list", "tuple", "reversed", "sorted", "set") and positional:
        found = members(positional[0])
        if found is None:
            return positional[0] if isinstance(positional[0], Unread) else Unread()
        return Items(found[::-1] if name == "reversed" else found)
    if name == "enumerate" and positional:
        found = members(positional[0])
        if found is None and isinstance(positional[0], Unread):
            return positional[0]
        return Unread() if found is None else Items([Items([Known(i), each]) for i, each in enumerate(found)])
    if name == "zip":
        columns = [members(each) for each in positional]
        if not columns or any(each is None for each in columns):
            return Unread()
        return Items([Items(list(row)) for row in zip(*columns, strict=False)])
    if name == "len" and positional:
        found = members(positional[0]) if isinstance(positional[0], (Items, Known, DictValue)) else None
        return Unread() if found is None else Known(len(found))
    if name in ("int", "float") and positional and number(positional[0]) is not None:
        return _converted(name, number(positional[0]))
    if name == "dict" and not positional:
        return DictValue(dict(keywords))
    if name in ("max", "min") and known and all(isinstance(each, (int, float)) for each in known):
        return Known((max if name == "max" else min)(known)) if len(known) > 1 else Unread()
    if name == "isinstance":
        return Unread()
    if name == "setattr" and len(positional) == 3 and isinstance(known[1], str):
        if hasattr(positional[0], "attributes"):
            positional[0].attributes[known[1]] = positional[2]
        return Known(None)
    if name == "setattr" and positional and hasattr(positional[0], "attributes"):
        of = getattr(positional[0], "of", None)
        names = (*positional[0].attributes, *(of.members if of is not None else ()))
        positional[0].attributes.update(dict.fromkeys(names, Unread()))
    if name in ("exec", "eval", "globals", "vars"):
        walk.doubtful = True
    return Unread(place=walk.place(node))


def _range(bounds: list[int]) -> Any:
    try:
        found = range(*bounds)
        return Known(tuple(found)) if len(found) <= MOST_ROUNDS else Unread()
    except (TypeError, ValueError, OverflowError):  # the program would raise here, or the range is endless
        return Unread()


def _converted(name: str, value: float | None) -> Any:
    try:
        return Unread() if value is None else Known(int(value) if name == "int" else float(value))
    except (ValueError, OverflowError):
        return Unread()


def of_list(owner: Items, name: str, positional: list[Any], repeated: bool = False) -> Any:
    """Methods of a list. In a loop of unknown length it is not known how often they are called."""
    if repeated and name in ("append", "extend", "insert", "pop"):
        owner.open = True
    if name == "append" and positional:
        owner.members.append(positional[0])
    elif name == "extend" and positional:
        more = members(positional[0])
        owner.members.extend(more or ())
        owner.open = owner.open or more is None
    elif name == "insert" and len(positional) == 2:
        where = plain(positional[0])
        if isinstance(where, int):
            owner.members.insert(where, positional[1])
        else:
            owner.open = True
    elif name == "pop":
        where = plain(positional[0]) if positional else -1
        if isinstance(where, int) and -len(owner.members) <= where < len(owner.members):
            return owner.members.pop(where)
        owner.open = True
        return Unread()
    elif name == "copy":
        return Items(list(owner.members), owner.open)
    elif name in ("reverse", "sort", "clear", "remove"):
        owner.open = True
    return Known(None)


def of_table(owner: DictValue, name: str, positional: list[Any]) -> Any:
    """Methods of a dict."""
    if name in ("items", "values", "keys") and owner.open:
        return Unread()
    if name == "items":
        return Items([Items([Known(key), each]) for key, each in owner.entries.items()])
    if name == "values":
        return Items(list(owner.entries.values()))
    if name == "keys":
        return Items([Known(key) for key in owner.entries])
    if name == "get" and positional:
        key = plain(positional[0])
        default = positional[1] if len(positional) > 1 else Known(None)
        return (
            Unread() if key is UNSURE or owner.open or not hashable(key) else owner.entries.get(key, default)
        )
    if name in ("update", "pop", "popitem", "clear", "setdefault"):
        owner.open = True
    return Unread()


def of_made(
    walk: Walk, node: ast.Call, owner: Made, name: str, positional: list[Any], keywords: dict[str, Any]
) -> Any:
    """Methods of an object of an imported class: scalers, tokenizers, generators of images..."""
    rows = first_rows([*positional, *keywords.values()])
    if name in ("fit", "fit_transform", "transform", "adapt", "partial_fit", "flow"):
        walk.note("fitted", node, by=owner, method=name, of=rows)
    if name == "shuffle" and rows is not None:
        shuffled_in_place(walk, node, f"{owner.path}.shuffle", positional)
        return Known(None)
    if rows is not None and name in ("fit_transform", "transform"):
        step = Operation(kind=name, value=owner.kind, place=walk.place(node))
        return rows.then(step)
    if name == "fit" and owner.path.startswith("sklearn."):
        return owner  # an estimator gives back itself
    known = known_arguments(positional, keywords)
    made = Unread(origin=f"{owner.path}.{name}", place=walk.place(node))
    return made.then(Operation(kind=name, arguments=known, place=walk.place(node)))


def is_plain_generator(path: str) -> bool:
    """Whether a call makes a numpy random generator."""
    return Named(path).last in ("default_rng", "RandomState", "Generator")
