"""Calls that hand their argument's values on, in another form, in part or in other batches."""

from __future__ import annotations

import ast
from dataclasses import replace

from unstuck.evidence.bindings import called_name, statements
from unstuck.evidence.made.scopes import (
    BATCH,
    EACH,
    Callee,
    Given,
    Spot,
    calls_in_order,
    definition,
)
from unstuck.evidence.signatures import PARAMETERS

#: Attributes that hold the same values.
_SAME_ATTRIBUTES = frozenset({"values", "T", "iloc", "loc"})

#: Methods that hand the same values on in another form or order, or a part of them.
_SAME_VALUES = frozenset(
    {
        *(
            "astype",
            "reshape",
            "to_numpy",
            "numpy",
            "squeeze",
            "ravel",
            "flatten",
            "copy",
            "sample",
            "drop_duplicates",
            "dropna",
            "reset_index",
            "tolist",
            "toarray",
        ),
        *("float", "long", "double", "int", "to", "cpu", "detach"),
        *("batch", "unbatch", "rebatch", "shuffle", "repeat", "prefetch", "cache", "take", "skip", "shard"),
        *("with_options", "ignore_errors"),
    }
)

#: Functions that do so with their first argument.
_SAME_VALUES_OF = frozenset(
    {
        *("array", "asarray", "ascontiguousarray", "expand_dims", "float32", "float64", "int32", "int64"),
        *("convert_to_tensor", "constant", "as_tensor", "from_numpy", "tensor", "FloatTensor", "LongTensor"),
        *("list", "tuple", "iter", "cycle", "int", "float", "str", "bool", "vars", "asdict"),
        *("to_categorical", "one_hot", "DataLoader", "from_tensors", "l1", "l2", "L1", "L2", "Constant"),
    }
)

#: Methods that give the entry of a key.
_GETTERS = frozenset({"get", "getint", "getfloat", "getboolean"})

#: Objects whose attributes are the keywords that they were made with.
_NAMESPACES = frozenset(
    {"SimpleNamespace", "Namespace", "dict", "FrozenDict", "ConfigDict", "Munch", "EasyDict"}
)


def attribute(node: ast.Attribute) -> bool:
    """Whether an attribute holds the values of what it is one of."""
    return node.attr in _SAME_ATTRIBUTES


def call(node: ast.Call, spot: Spot) -> list[Spot] | None:
    """What a call of a library's function hands on, None where it makes new values."""
    name, path = called_name(node), spot.path
    words = {each.arg: each.value for each in node.keywords if each.arg is not None}
    if not any(isinstance(each, ast.Starred) for each in node.args):
        words |= dict(zip(PARAMETERS.get(name, ()), node.args, strict=False))
    looks_for = path[0] if path else ("", None)

    def on(expression: ast.expr, path: tuple[tuple[str, object], ...] = path) -> list[Spot]:
        return [replace(spot, expression=expression, path=path)]

    if looks_for == BATCH and (size := _batch_size(node, name, words)) is not None:
        return on(size, ())
    if looks_for == BATCH and isinstance(node.func, ast.Attribute) and not node.func.attr.startswith("from_"):
        return on(node.func.value)
    if name == "train_test_split" and looks_for[0] == "item" and isinstance(looks_for[1], int):
        at = looks_for[1] // 2
        return on(node.args[at], path[1:]) if at < len(node.args) else None
    if name in ("zip", "TensorDataset") and len(path) > 1 and path[0] == EACH and isinstance(path[1][1], int):
        return on(node.args[path[1][1]], (EACH, *path[2:])) if path[1][1] < len(node.args) else None
    if name == "enumerate" and len(path) > 1 and path[1] == ("item", 1) and node.args:
        return on(node.args[0], (EACH, *path[2:]))
    if looks_for[0] in ("item", "attr") or name in _GETTERS:
        held = _entry(node, name, words, spot)
        if held is not None:
            return held
    if name == "field" and "default" in words:
        return on(words["default"])
    if name == "field" and "default_factory" in words:
        return on(ast.copy_location(ast.Call(words["default_factory"], [], []), node))
    if name == "from_generator" and node.args:
        made = node.args[0]
        return on(ast.copy_location(ast.Call(made, [], []), node))
    if name == "from_tensor_slices" and node.args:
        return on(node.args[0], path[1:] if looks_for == EACH else path)
    if name in _SAME_VALUES and isinstance(node.func, ast.Attribute):
        return on(node.func.value)
    if name in _SAME_VALUES_OF and (node.args or len(words) == 1):
        return on(node.args[0] if node.args else next(iter(words.values())))
    return None


def _entry(node: ast.Call, name: str, words: dict[str, ast.expr], spot: Spot) -> list[Spot] | None:
    """An entry of what a call makes, by the keyword that it was made with, or what a getter gives."""
    (kind, key), path = spot.path[0] if spot.path else ("", None), spot.path[1:]
    if kind == "attr" or (kind == "item" and name in _NAMESPACES):
        if key in words:
            return [replace(spot, expression=words[str(key)], path=path)]
        held = [each.value for each in node.keywords if each.arg is None]  # **options
        held += node.args[:1] if name in _NAMESPACES else []
        if held or name in _NAMESPACES:
            return [replace(spot, expression=each, path=(("item", key), *path)) for each in held]
    texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
    if name not in _GETTERS or not isinstance(node.func, ast.Attribute) or not texts:
        return None
    # settings.get(key, other), and parser.getfloat(section, key, fallback=other)
    keys, others = (texts[:1], node.args[1:2]) if name == "get" else (texts, [])
    if "fallback" in words:
        others = [*others, words["fallback"]]
    way = (*(("item", each) for each in keys), *spot.path)
    return [
        replace(spot, expression=node.func.value, path=way),
        *(replace(spot, expression=other) for other in others),
    ]


def source_of(expression: ast.expr) -> ast.expr | None:
    """What new values are made of: the first operand or argument, what a method is called on."""
    if isinstance(expression, ast.Call):
        if isinstance(expression.func, ast.Attribute) and not isinstance(expression.func.value, ast.Name):
            return expression.func.value
        if expression.args:
            return expression.args[0]
        return expression.func.value if isinstance(expression.func, ast.Attribute) else None
    if isinstance(expression, ast.BinOp):
        return expression.left
    if isinstance(expression, (ast.ListComp, ast.GeneratorExp)):
        return expression.generators[0].iter
    return None


def _batch_size(node: ast.Call, name: str, words: dict[str, ast.expr]) -> ast.expr | None:
    if name == "batch" and isinstance(node.func, ast.Attribute):
        return node.args[0] if node.args else words.get("batch_size")
    return words.get("batch_size")


def mapped(node: ast.Call, spot: Spot) -> tuple[Callee, Given] | None:
    """The function of the project that `dataset.map(function)` calls, and what it is given."""
    if not (isinstance(node.func, ast.Attribute) and node.func.attr == "map" and node.args):
        return None
    called = definition(node.args[0], spot.frame)
    if called is None or isinstance(called.node, ast.ClassDef) or spot.path[:1] != (EACH,):
        return None
    base, names = node.func.value, [each.arg for each in called.node.args.args]
    ways = [(EACH, ("item", index)) if len(names) > 1 else (EACH,) for index in range(len(names))]
    spots = [replace(spot, expression=base, path=way) for way in ways]
    return called, {name: (each,) for name, each in zip(names, spots, strict=True)}


def returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Return | ast.Yield]:
    """What a function returns or yields, in the order of its lines."""
    found: list[ast.Return | ast.Yield] = []
    for each in statements(function):
        if isinstance(each, ast.Return) and each.value is not None:
            found.append(each)
        elif isinstance(each, ast.Expr) and isinstance(each.value, ast.Yield):
            found.append(each.value)
    return sorted(found, key=lambda each: each.lineno)


def option(node: ast.Call, spot: Spot) -> tuple[str, ast.expr] | None:
    """The default of an option of the command line that `parse_args()` gives, with its name."""
    if called_name(node) not in ("parse_args", "parse_known_args"):
        return None
    wanted = [each for each in spot.path if each[0] in ("attr", "item") and isinstance(each[1], str)]
    for call in calls_in_order(spot.frame.tree) if wanted else ():
        if called_name(call) != "add_argument":
            continue
        words = {each.arg: each.value for each in call.keywords}
        texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
        names = {str(each).lstrip("-").replace("-", "_") for each in texts}
        given = words.get("dest")
        if wanted[0][1] in names or (isinstance(given, ast.Constant) and given.value == wanted[0][1]):
            return str(texts[-1] if texts else wanted[0][1]), words.get("default", call)
    return None
