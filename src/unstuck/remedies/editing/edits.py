"""Edit: one replacement of text, and how several are applied and followed by what stands after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.diff import KEPT


@dataclass(frozen=True, order=True)
class Edit:
    """Replace the bytes from `start` up to `end` of a Source by `text`; an insertion where both are equal."""

    start: int
    end: int
    text: str


def apply(source: Source, edits: Sequence[Edit]) -> Source:
    """The source with all the edits made; those at the same offset in the order given.

    Raises:
        Unplaced: two edits overlap, or the result is no valid Python.
    """
    return _applied(source, tuple(_in_order(edits)))


@lru_cache(maxsize=KEPT)
def _applied(source: Source, edits: tuple[Edit, ...]) -> Source:
    """The same for the same: a change that is made alone is made again with others after it."""
    data, done = [], 0
    for edit in edits:
        if edit.start < done:
            raise Unplaced("two of the changes meet in the same expression")
        data += [source.data[done : edit.start], edit.text.encode()]
        done = edit.end
    data.append(source.data[done:])
    edited = source.edited(b"".join(data).decode("utf-8", "surrogatepass"))
    if not _is_python(source, edits, edited):
        raise Unplaced("the change cannot be written into this expression")
    return edited


def _is_python(source: Source, edits: Sequence[Edit], edited: Source) -> bool:
    """Whether the result can be read: the statement that all edits stand in, or else the whole."""
    around = source.statement_around(min(each.start for each in edits), max(each.end for each in edits))
    if around is None:
        return edited.is_python
    start, end = around
    piece = edited.data[start : end + sum(map(_growth, edits))]
    return source.edited(piece.decode("utf-8", "surrogatepass")).is_python


def moved(place: Place, before: Source, edits: Sequence[Edit], after: Source) -> Place:
    """Where a place of the source stands after the edits."""
    start = before.offset(place.line, place.column or 0)
    start += sum(_growth(edit) for edit in edits if edit.end <= start)
    line, column = after.position(start)
    if place.column is None or place.end_line is None or place.end_column is None:
        return replace(place, line=line, end_line=None, column=None, end_column=None)
    end = before.offset(place.end_line, place.end_column)
    end += sum(_growth(edit) for edit in edits if edit.start < end)
    end_line, end_column = after.position(end)
    return replace(place, line=line, column=column, end_line=end_line, end_column=end_column)


def _in_order(edits: Sequence[Edit]) -> list[Edit]:
    """By start, in the order given at the same start; the same edit only once."""
    return sorted(dict.fromkeys(edits), key=lambda edit: edit.start)


def _growth(edit: Edit) -> int:
    return len(edit.text.encode()) - (edit.end - edit.start)
