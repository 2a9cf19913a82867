"""Where in the user's code an object was made: the nearest calling frame that is no library's."""

from __future__ import annotations

import sys
import sysconfig
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from unstuck.evidence.facts import Place

#: The demonstration's scripts stand inside the package, but are a user's.
_DEMO = str(Path(__file__).parents[1] / "demo") + "/"

#: The folders of installed packages, wherever the path of this interpreter leads to one.
_INSTALLED = frozenset({"site-packages", "dist-packages"})

#: Code that was compiled under another name than that of the file it stands in: (the file, its line of
#: each line of the code).
_ELSEWHERE: dict[str, tuple[str, Sequence[int]]] = {}

_MADE: weakref.WeakKeyDictionary[Any, Place] = weakref.WeakKeyDictionary()


@cache
def is_library(file: str) -> bool:
    """Whether a file belongs to the standard library, an installed package or unstuck itself."""
    if file.startswith(_DEMO):
        return False
    return file.startswith(_library_prefixes()) or not _INSTALLED.isdisjoint(Path(file).parts)


@cache
def _library_prefixes() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.add(str(Path(__file__).parents[1]))
    keras = sys.modules.get("keras")
    if keras is not None and getattr(keras, "__file__", None):
        folders.add(str(Path(keras.__file__).parent))  # type: ignore[arg-type]
    return (*(folder.rstrip("/\\") + "/" for folder in folders), "<frozen")


def user_frame(start: FrameType | None) -> FrameType | None:
    """The nearest frame from `start` outwards that runs the user's own code."""
    frame = start
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def defined_at(thing: Any) -> Place | None:
    """Where the user wrote a function, or the class of an object; None for what a library wrote."""
    function = getattr(thing, "func", thing)  # a partial
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    if code is None:
        code = _code_of(type(function))
    if code is None or is_library(code.co_filename):
        return None
    return _in_its_file(Place(file=code.co_filename, line=code.co_firstlineno), code.co_name)


#: What a class of the user's computes in: layers and losses, schedules, optimizers.
_COMPUTES_IN = ("call", "__call__", "update_step")


def _code_of(cls: type) -> CodeType | None:
    """The code of what a class computes in, else of its first method."""
    own = [each for each in vars(cls).values() if isinstance(each, FunctionType)]
    own.sort(key=lambda each: each.__code__.co_firstlineno)
    methods = [*(getattr(cls, name, None) for name in _COMPUTES_IN), *own]
    codes = [each.__code__ for each in methods if isinstance(each, FunctionType)]
    return next((each for each in codes if not is_library(each.co_filename)), None)


def place_of_frame(frame: FrameType | None) -> Place | None:
    """The call expression that a frame is at, None without a frame."""
    if frame is None:
        return None
    position = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    line, end_line, column, end_column = position or (None, None, None, None)
    place = Place(
        file=frame.f_code.co_filename,
        line=line or frame.f_lineno,
        end_line=end_line,
        column=column,
        end_column=end_column,
    )
    return _in_its_file(place, frame.f_code.co_name)


def line_in(file: str, line: int, function: str) -> Place | None:
    """A line of a recorded traceback, None where it is a library's."""
    return None if is_library(file) else _in_its_file(Place(file=file, line=line), function)


def stands_in(name: str, file: str, lines: Sequence[int]) -> None:
    """From now on line n of code that is compiled under this name is line lines[n - 1] of the file.

    A name in angle brackets is used again for other code: it holds for what runs at once, not for the
    functions that are defined there.
    """
    _ELSEWHERE[name] = file, lines


def _in_its_file(place: Place, function: str) -> Place:
    found = _ELSEWHERE.get(place.file)
    if found is None or (place.file.startswith("<") and function != "<module>"):
        return place
    file, lines = found
    if not 1 <= place.line <= (place.end_line or place.line) <= len(lines):
        return place
    end = lines[place.end_line - 1] if place.end_line is not None else None
    return replace(place, file=file, line=lines[place.line - 1], end_line=end)


def calling_place() -> Place | None:
    """Where the user's code is right now."""
    return place_of_frame(user_frame(sys._getframe(1)))


def remember(made: Any, place: Place | None) -> None:
    """Keep where an object was made, as long as the object lives."""
    if place is not None:
        _MADE.setdefault(made, place)


def place_of(made: Any) -> Place | None:
    """Where an object was made, None if that was not seen."""
    try:
        return _MADE.get(made)
    except TypeError:  # not hashable or not weakly referable
        return None


def places_in(objects: Iterable[Any]) -> Callable[[Any], Place | None]:
    """`place_of`, with `shared` set where one expression made several of these objects."""
    tally = Counter(place for place in map(place_of, objects) if place is not None)

    def look_up(made: Any) -> Place | None:
        place = place_of(made)
        return replace(place, shared=True) if place is not None and tally[place] > 1 else place

    return look_up
