"""Python and JSON data as text to plain values, without running anything."""

from __future__ import annotations

import ast
import json
import math
import re
from typing import Any

#: Longer texts are no single value that a person printed; a parser's memory is bounded with them.
LONGEST = 4_000_000

#: Wrappers that numpy, TensorFlow and collections print around plain numbers and lists.
_WRAPPED = re.compile(
    r"\b(?:np\.|numpy\.|tf\.)?(?:float(?:16|32|64)?|int(?:8|16|32|64)?|array|Tensor)\(\s*"
    r"(?P<inner>[^()]*?)(?:,\s*dtype=[\w.\"']+)?\s*,?\s*\)"
)
_DEFAULT_DICT = re.compile(r"defaultdict\(<[^<>]*>,\s*")

#: NaN and infinities as Python, numpy and JSON print them; text in quotes is left alone.
_SPELLED = re.compile(r"(?<![\w.'\"])([-+]?)(nan|inf|infinity|null)(?![\w'\"])", re.IGNORECASE)

_DEPTH_LIMIT = 40

#: An array of numpy numbers is wrapped twice.
_WRAPPERS = 2


def value_of(text: str) -> Any:
    """The value that a JSON or Python literal stands for, None where it is neither.

    NaN and infinities may be spelled out; numpy's wrappers are taken off.
    """
    if len(text) > LONGEST or _depth(text) > _DEPTH_LIMIT:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    plain = _DEFAULT_DICT.sub("(", text)
    if plain.count("(") > plain.count(")"):
        plain += ")" * (plain.count("(") - plain.count(")"))
    for _ in range(_WRAPPERS):
        plain = _WRAPPED.sub(r"\g<inner>", plain)
    plain = _SPELLED.sub(lambda word: "None" if word[2].lower() == "null" else f'"{word[0]}"', plain)
    try:
        return ast.literal_eval(plain.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _depth(text: str) -> int:
    """How deep brackets nest, as far as the limit."""
    depth = deepest = 0
    for bracket in re.finditer(r"[\[\](){}]", text):
        depth += 1 if bracket[0] in "[({" else -1
        deepest = max(deepest, depth)
        if deepest > _DEPTH_LIMIT:
            break
    return deepest


def number_of(thing: Any) -> float | None:
    """A plain value as a number, None where it is none. "nan" and "inf" in quotes are numbers here."""
    if isinstance(thing, bool) or thing is None:
        return None
    if isinstance(thing, int | float):
        try:
            return float(thing)
        except OverflowError:
            return math.inf
    if isinstance(thing, str) and len(thing) <= 64:
        try:
            return float(thing)
        except ValueError:
            return None
    return None
