"""A value that came out of a settings file: the line of that file, which is read and never run."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unstuck.evidence.beside import MOST_BYTES
from unstuck.evidence.bindings import called_name
from unstuck.evidence.made.scopes import Path as Way
from unstuck.evidence.made.scopes import Spot, calls_in_order, frame_at

#: How the names of settings files end.
_SUFFIXES = (".json", ".ini", ".cfg", ".toml", ".yaml", ".yml")

#: What reads settings, and what has them read into itself by its method `read`.
_READERS = frozenset({"load", "loads", "safe_load", "full_load"})
_PARSERS = frozenset({"ConfigParser", "RawConfigParser"})

#: Names that are followed for that of one file.
_DEEPEST = 3

#: What a name holds, as far as that is written out somewhere: the expression that its way back ends in.
Ends = Callable[[Spot], Spot | None]


@dataclass(frozen=True)
class SettingsEntry:
    """An entry of a settings file: its line, counted from 1, its key and its value, a text in an INI file."""

    file: str
    line: int
    key: str
    value: Any


def entry(node: ast.Call, spot: Spot, ends: Ends) -> SettingsEntry | None:
    """The entry of a settings file that a call reads; None where that is not one line of one file.

    Args:
        node: a call: `json.loads(...)`, `configparser.ConfigParser()`.
        spot: it where it stands, with the way to the entry that is looked for.
        ends: follows a name to the expression that it holds.
    """
    keys = _keys(spot.path)
    files = set(_files(node, spot, ends)) if keys else set()
    if len(files) != 1:
        return None
    file = files.pop()
    try:
        text = file.read_text(encoding="utf-8")
        found = _in_json(text, keys) if file.suffix == ".json" else _in_lines(text, keys)
    except (OSError, ValueError, IndexError, RecursionError):
        return None
    return SettingsEntry(str(file), found[0], keys[-1], found[1]) if found is not None else None


def _keys(path: Way) -> list[str]:
    """The names at the beginning of a way: sections and the entry."""
    keys: list[str] = []
    for kind, name in path:
        if kind not in ("item", "attr") or not isinstance(name, str):
            break
        keys.append(name)
    return keys


def _files(node: ast.Call, spot: Spot, ends: Ends) -> Iterator[Path]:
    """The settings files that a call names."""
    read: Sequence[ast.expr] = ()
    if called_name(node) in _READERS:
        read = [node]
    elif called_name(node) in _PARSERS:
        calls = calls_in_order(spot.frame.tree)
        read = [each for each in calls if called_name(each) in ("read", "read_file") and each.args]
    for each in read:
        frame = spot.frame if each is node else frame_at(spot.frame.file, each, spot.frame.others)
        if frame is not None:
            yield from _named(Spot(each, frame, each.lineno), ends, _DEEPEST)


def _named(spot: Spot, ends: Ends, depth: int) -> Iterator[Path]:
    """The settings files whose names stand in an expression, or in what its names hold."""
    for each in ast.walk(spot.expression):
        if isinstance(each, ast.Constant) and str(each.value).endswith(_SUFFIXES):
            for folder in (Path(spot.frame.file).parent, Path()):
                file = folder / str(each.value)
                if file.is_file() and file.stat().st_size <= MOST_BYTES:
                    yield file.absolute()
                    break
        elif isinstance(each, ast.Name) and depth:
            end = ends(Spot(each, spot.frame, spot.line))
            if end is not None and end.expression is not each:
                yield from _named(end, ends, depth - 1)


def _in_json(text: str, keys: Sequence[str]) -> tuple[int, Any] | None:
    """The line and the value of an entry of a JSON text."""
    at = 0
    for key in keys:
        found = _entry(text, at, key)
        if found is None:
            return None
        at = found
    return text.count("\n", 0, at) + 1, json.JSONDecoder().raw_decode(text, at)[0]


def _entry(text: str, at: int, key: str) -> int | None:
    """Where the value of a key begins in the object that begins at or after `at`; the last one counts."""
    at, found = _skip(text, at), None
    if text[at] != "{":
        return None
    while text[at] in "{," and text[_skip(text, at + 1)] == '"':
        name, at = json.JSONDecoder().raw_decode(text, _skip(text, at + 1))
        at = _skip(text, _skip(text, at) + 1)  # behind the colon
        found = at if name == key else found
        at = _skip(text, json.JSONDecoder().raw_decode(text, at)[1])
    return found


def _skip(text: str, at: int) -> int:
    """The first place from `at` on that is not blank."""
    while text[at].isspace():
        at += 1
    return at


def _in_lines(text: str, keys: Sequence[str]) -> tuple[int, Any] | None:
    """The line and the value of the one entry of this key in a text of lines, in its section if any."""
    section, found = "", []
    entry = re.compile(rf"""\s*["']?{re.escape(keys[-1])}["']?\s*[:=]\s*(.*)""", flags=re.IGNORECASE)
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            section = header.group(1)
        elif matched := entry.fullmatch(line):
            found.append((section, number, matched.group(1)))
    inside = [each for each in found if not each[0] or each[0] == ".".join(keys[:-1])]
    return (inside[0][1], _value(inside[0][2])) if len(inside) == 1 else None


def _value(text: str) -> Any:
    """What stands behind a key, without a remark behind it."""
    plain = re.sub(r"\s+[#;].*$", "", text).strip()
    try:
        return ast.literal_eval(plain)
    except (ValueError, SyntaxError):
        return {"true": True, "false": False}.get(plain.lower(), plain)
