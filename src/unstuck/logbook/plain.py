"""Bytes of a log to plain lines: encodings, terminal codes, redrawn bars, quoted pastes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

#: Byte order marks that editors and PowerShell's `>` write.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: Terminal codes, whole or as pastes leave them: without their escape character, or spelled out.
_ESCAPE = re.compile(
    r"(?:\x1b|\\x1b|\\u001b|\\033|\\e|\^\[)?\[[0-9;]{1,12}m|\x1b\[[0-?]{0,20}[ "
    "-/]{0,4}[@-~]|\x1b\\][^\x07\x1b\n]{0,200}\x07?"
)

#: What moves the cursor back to draw a bar anew: backspaces and carriage returns, also spelled out.
_REDRAW = re.compile(r"(?:[\x08\r\u25a1\u2408]|\\x08|\\u0008|\^H)+")
#: One of these stands in every such mark.
_REDRAWS = ("\x08", "\r", "\u25a1", "\u2408", "\\", "^H")

#: The marks that mail and forums put before quoted lines.
_QUOTE = re.compile(r"^(?:\s*>)+ ?")

#: A line that ends in a name without its figure goes on in the next one.
_BROKEN = re.compile(r"[A-Za-z_]\w{0,60}:\s*$")
_GOES_ON = re.compile(r"^\s*[-+]?(?:[\d.]|nan\b|inf\b)", re.IGNORECASE)

#: A bar that was drawn: how far it has come, and to what. Colours may stand around it.
_DRAWN = re.compile(r"(?:\x1b\[[0-9;]{0,12}m|\s){0,20}(\d{1,10})/(\d{1,10})(?![\d/.])")

#: Of the redraws of a bar that come after the first ones, one is kept in each of so many parts of an epoch.
_FIRST, _PARTS = 3, 12

#: What stands in a line that says more than a bar does: an epoch, a warning, the end of the data.
_WORDS = ("poch", "POCH", "arn", "WARN", "out of data", "topping", "amples", "rror")


def decode(data: bytes) -> str:
    """The text of a file, whatever its encoding. Never raises: unknown bytes become marks."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    head = data[:4096]
    # PowerShell's UTF-16 without its mark: every second byte of plain text is zero.
    if len(head) > 3 and head[1::2].count(0) > len(head) // 3 and head[::2].count(0) == 0:
        return data.decode("utf-16-le", errors="replace")
    return data.decode("utf-8", errors="replace")


def plain_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers from 1, one at a time. Each redraw of a bar is a line, broken lines are
    joined.

    Of a bar that is drawn anew a thousand times some redraws are given: the first ones, the last one, and
    enough between them to tell the course of an epoch.
    """
    held: tuple[int, str] | None = None
    coded = "\x1b" in text or _ESCAPE.search(text) is not None
    for number, drawn in thinned(pieces(text)):
        piece = _ESCAPE.sub("", drawn) if coded else drawn
        if not piece or piece.isspace():
            continue
        if held is not None and _BROKEN.search(held[1][-64:]) and _GOES_ON.match(piece):
            held = (held[0], f"{held[1].rstrip()} {piece.lstrip()}")
            continue
        if held is not None:
            yield held
        held = (number, piece)
    if held is not None:
        yield held


def pieces(text: str, first: int = 1) -> Iterator[tuple[int, str]]:
    """What stands between line ends and redraws, with the number of its line; quotation marks are gone."""
    start, number, size = 0, first, len(text)
    while start <= size:
        end = text.find("\n", start)
        end = size if end < 0 else end
        line = text[start:end]
        start = end + 1
        if ">" in line:
            line = _QUOTE.sub("", line)
        if line[-1:] == "\r":
            line = line[:-1]
        at = 0
        if any(sign in line for sign in _REDRAWS):
            for redraw in _REDRAW.finditer(line):
                if redraw.start() > at:
                    yield number, line[at : redraw.start()]
                at = redraw.end()
        if at < len(line):
            yield number, line[at:] if at else line
        number += 1


def thinned(drawn_pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The pieces without most redraws of a bar that the next redraw takes further."""
    before: tuple[int, str] | None = None
    count, total, kept, given = 0, 0, 0, 0
    for each in drawn_pieces:
        drawn = _DRAWN.match(each[1]) if "/" in each[1] else None
        step, end = (int(drawn[1]), int(drawn[2])) if drawn is not None else (0, 0)
        goes_on = 0 < count < step < end == total or 0 < count < step == end == total
        part = count * _PARTS // total if total else 0
        if before is not None and not (goes_on and given >= _FIRST and part == kept and _is_bar(before[1])):
            yield before
            kept, given = part, given + 1
        if not goes_on:
            kept, given = 0, 0
        before, count, total = each, step, end
    if before is not None:
        yield before


def _is_bar(piece: str) -> bool:
    """Whether a redraw is nothing but a bar: no header and no warning stands in its line."""
    return not any(word in piece for word in _WORDS)
