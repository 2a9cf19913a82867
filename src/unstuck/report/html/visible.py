"""Strings of the user's program on a page: what cannot be seen is made visible, what is long is cut."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

Record = TypeVar("Record", bound=msgspec.Struct)

#: What an HTML page would hide or obey: control characters, marks of the writing direction, characters
#: without width, lone surrogates. Line feed and tab stay.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text with every hidden character written out: ␛ for an escape, ⟨U+202E⟩ for a mark."""
    return _HIDDEN.sub(_named, text.replace("\r\n", "\n"))


def _named(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨U+{code:04X}⟩"


def visible_record(record: Record) -> Record:
    """The record with all its strings made visible."""
    return msgspec.convert(_everywhere(msgspec.to_builtins(record), {}), type=type(record))


def _everywhere(thing: Any, known: dict[str, str]) -> Any:
    """The same with every string replaced; `known` keeps those that were seen, long ones come often."""
    if isinstance(thing, str):
        if thing not in known:
            known[thing] = visible(thing)
        return known[thing]
    if isinstance(thing, dict):
        return {_everywhere(key, known): _everywhere(held, known) for key, held in thing.items()}
    if isinstance(thing, list | tuple) and set(map(type, thing)) & {str, dict, list, tuple}:
        return [_everywhere(held, known) for held in thing]
    return thing
