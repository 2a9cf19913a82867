"""A History as JSON or as the text of a Python dict: a list of numbers for each name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from unstuck.evidence.printed.figure import of_table
from unstuck.evidence.printed.names import COUNTERS, canonical, is_score
from unstuck.evidence.printed.run import LoggedRun
from unstuck.logbook.literal import LONGEST, number_of, value_of
from unstuck.logbook.reader import Given, reader

#: A dict that begins with a name and a list, anywhere in a text.
_BEGINS = re.compile(r"\{\s*[\"'][^\"'{}\n]{1,80}[\"']\s*:\s*(?:(?:np\.|numpy\.)?array\(\s*)?\[")

#: Where lists of numbers may stand inside a saved file: {"folds": [{"history": {...}}]}.
_DEEPEST = 5

#: After so many dicts that are no history the text holds none: each costs time.
_PATIENCE = 50


@reader("History", like='{"loss": [0.69, 0.52], "val_loss": [0.70, 0.61]}', rank=20)
def history(given: Given) -> list[LoggedRun]:
    """Read `history.history` as it was printed or saved: JSON or Python, alone or in other text.

    Several of them are several trainings. One that was cut off is read as far as it goes.
    """
    whole = value_of(given.text.strip()) if _may_be_whole(given.text) else None
    tables = list(_tables(whole, 0)) if whole is not None else []
    if tables:
        return [_run(given.name, table, None, ()) for table in tables]
    runs, unreadable = [], 0
    for match in _BEGINS.finditer(given.text):
        table, lines, cut = _embedded(given.text, match)
        if table:
            runs.append(_run(given.name, table, lines, cut))
        else:
            unreadable += 1
            if unreadable > _PATIENCE:
                break
    return runs


def _may_be_whole(text: str) -> bool:
    return len(text) <= LONGEST and text[:1000].lstrip("\ufeff \t\r\n")[:1] in ("{", "[", "d")


def _tables(thing: Any, depth: int) -> Iterator[dict[str, list[float | None]]]:
    """Every mapping of names to lists of numbers inside a plain value."""
    if depth > _DEEPEST:
        return
    if isinstance(thing, Mapping):
        table = _table(thing)
        if table:
            yield table
            return
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        for held in thing:
            yield from _tables(held, depth + 1)


def _table(thing: Mapping[Any, Any]) -> dict[str, list[float | None]]:
    """The names with a number an epoch; empty where none of them is a loss or an accuracy."""
    table = {}
    for name, held in thing.items():
        # pandas writes {"loss": {"0": 0.69, "1": 0.52}}.
        values = list(held.values()) if isinstance(held, Mapping) else held
        if isinstance(name, str) and isinstance(values, list | tuple):
            numbers = [number_of(value) for value in values]
            if numbers and sum(number is not None for number in numbers) * 2 >= len(numbers):
                table[canonical(name)] = numbers
    return table if any(is_score(name) for name in table) else {}


def _embedded(
    text: str, match: re.Match[str]
) -> tuple[dict[str, list[float | None]], tuple[int, int], tuple[str, ...]]:
    """A dict of lists that begins somewhere in a text, with its lines and what is missing of it."""
    end = text.find("}", match.end(), match.end() + LONGEST)
    piece = text[match.start() : end + 1] if end >= 0 else text[match.start() : match.start() + LONGEST]
    cut: tuple[str, ...] = ()
    thing = value_of(piece)
    if thing is None:
        complete = piece[: piece.rfind(",")] if "," in piece else ""
        closing = "]}" if complete.rfind("[") > complete.rfind("]") else "}"
        thing, cut = value_of(complete + closing), ("The history is cut off.",)
    before = text.count("\n", 0, match.start())
    lines = (before + 1, before + 1 + piece.rstrip().count("\n"))
    return (_table(thing) if isinstance(thing, Mapping) else {}), lines, cut


def _run(
    source: str, table: dict[str, list[float | None]], lines: tuple[int, int] | None, cut: tuple[str, ...]
) -> LoggedRun:
    """One training of a table. Lists that are cut off are filled up at their end."""
    names = [name for name in table if name.lower() not in COUNTERS]
    figure = of_table(value for name in names for value in table[name])
    count = max(len(table[name]) for name in names)
    series = {
        name: tuple(figure(value) for value in (*table[name], *[None] * (count - len(table[name]))))
        for name in names
    }
    return LoggedRun(
        source=source,
        reader="History",
        lines=lines,
        series=MappingProxyType(series),
        epochs=tuple(range(1, count + 1)),
        cut=cut,
    )
