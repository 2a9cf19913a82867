"""What the program holds by name where it called fit: rows as they were at earlier steps."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from unstuck.watch.places import is_library

#: Names that are looked at, those of the innermost function first: more are no program's few arrays.
_MOST_NAMES = 200


def held_by_name() -> tuple[dict[str, Any], str]:
    """The values of names in the program's frames, innermost first, and the file of the innermost one.

    Nothing of the user's runs. To be called while the user's call of fit is on the stack.
    """
    found: dict[str, Any] = {}
    file = ""
    for frame in _frames(sys._getframe(1)):
        file = file or frame.f_code.co_filename
        for names in (frame.f_locals, frame.f_globals):
            for name, value in _some(names):
                found.setdefault(name, value)
                if len(found) >= _MOST_NAMES:
                    return found, file
    return found, file


def held_within(thing: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    """What a data set of the user's own class keeps in its attributes, as "name.attribute". Nothing runs."""
    if is_library(getattr(sys.modules.get(type(thing).__module__), "__file__", None) or ""):
        return {}
    name = next((each for each, value in names.items() if value is thing), type(thing).__name__)
    try:
        kept = dict(object.__getattribute__(thing, "__dict__"))
    except AttributeError:
        return {}
    return {f"{name}.{attribute}": value for attribute, value in _some(kept)}


def _frames(start: FrameType | None) -> Iterator[FrameType]:
    """The frames that run code of the user's, outwards."""
    frame = start
    while frame is not None:
        if not is_library(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def _some(names: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What may hold rows, by name: neither modules, classes and functions nor what begins with "_"."""
    return [
        (name, value)
        for name, value in list(names.items())
        if not name.startswith("_") and hasattr(type(value), "__len__") and not isinstance(value, (str, type))
    ]
