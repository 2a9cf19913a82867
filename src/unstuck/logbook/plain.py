"""Bytes of a log to plain lines: encodings, terminal codes, redrawn bars, quoted pastes."""

from __future__ import annotations

import codecs
import re

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

#: The marks that mail and forums put before quoted lines.
_QUOTE = re.compile(r"^(?:\s*>)+ ?")

#: A line that ends in a name without its figure goes on in the next one.
_BROKEN = re.compile(r"[A-Za-z_]\w{0,60}:\s*$")
_GOES_ON = re.compile(r"^\s*[-+]?(?:[\d.]|nan\b|inf\b)", re.IGNORECASE)


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


def plain_lines(text: str) -> list[tuple[int, str]]:
    """The lines with their numbers from 1. Each redraw of a bar is a line; broken lines are joined."""
    text = _ESCAPE.sub("", text) if "[" in text or "\x1b" in text else text
    lines: list[tuple[int, str]] = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = _QUOTE.sub("", raw)
        for piece in _REDRAW.split(line) if _REDRAW.search(line) else (line,):
            if not piece or piece.isspace():
                continue
            if lines and _BROKEN.search(lines[-1][1][-64:]) and _GOES_ON.match(piece):
                begun, before = lines[-1]
                lines[-1] = (begun, f"{before.rstrip()} {piece.lstrip()}")
            else:
                lines.append((number, piece))
    return lines
