"""Answers stay small enough for a model to read, and say what they leave out."""

from __future__ import annotations

from typing import Any

import msgspec

#: Characters of an answer's text, and of its record: both, with what a script printed, are less than 60,000,
#: some 15,000 tokens.
LARGEST = 24_000

#: Characters of the record that lists all rules, whose text is half as long.
LARGEST_LIST = 32_000

#: How many elements of a list, and characters of a string, are kept: the first pair that is small enough.
_STEPS = ((200, 4000), (100, 4000), (50, 2000), (25, 2000), (12, 1000), (5, 400), (2, 200))

#: More places than this are not named one by one.
_NAMED = 20


def bounded_text(text: str, advice: str = "", most: int = LARGEST) -> str:
    """The text, cut at its end where it is longer; `advice` says how to get the rest."""
    if len(text) <= most:
        return text
    return (
        f"{text[:most].rstrip()}\n[{len(text) - most:,} more characters are left out. {advice}".rstrip() + "]"
    )


def bounded_record(
    record: msgspec.Struct, drop: frozenset[str] = frozenset(), most: int = LARGEST
) -> dict[str, Any]:
    """The record as JSON holds it, with long lists and strings cut until it is small enough.

    Args:
        record: what to tell.
        drop: names of fields that are left out at any depth.
        most: characters of JSON.

    Returns:
        The record. Where something is left out, `left_out` says what.
    """
    whole = msgspec.json.decode(msgspec.json.encode(record))
    for longest in ((10**9, 10**9), *_STEPS):
        out: list[str] = []
        kept: dict[str, Any] = _kept(whole, drop, longest, "", out)
        if out:
            kept["left_out"] = [
                *out[:_NAMED],
                *([f"{len(out) - _NAMED:,} more"] if len(out) > _NAMED else []),
            ]
        if len(msgspec.json.encode(kept)) <= most:
            return kept
    return {"left_out": ["everything: the record is too large even without its long lists"]}


def _kept(value: Any, drop: frozenset[str], longest: tuple[int, int], at: str, out: list[str]) -> Any:
    elements, characters = longest
    if isinstance(value, dict):
        held = {}
        for name, each in value.items():
            where = f"{at}.{name}"[:200].lstrip(".")
            if name not in drop:
                held[name] = _kept(each, drop, longest, where, out)
            elif each:
                out.append(where)
        return held
    if isinstance(value, list):
        if len(value) > elements:
            out.append(f"{at}: {len(value) - elements:,} of {len(value):,}")
        return [_kept(each, drop, longest, f"{at}[{n}]", out) for n, each in enumerate(value[:elements])]
    if isinstance(value, str) and len(value) > characters:
        out.append(f"{at}: {len(value) - characters:,} of {len(value):,} characters")
        return value[:characters]
    return value
