"""Long logs in little memory: read bit by bit, without redraws, and then in parts spread over the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unstuck.logbook.plain import pieces, thinned

#: Bytes up to which a log is read whole.
SHORT = 8 * 2**20

#: Of what is left without redraws so many blocks are kept, of at least so many characters each, to the next
#: header of an epoch or at most to twice the size.
_BLOCKS, _BLOCK = 32, 2**16

#: A line without a mark of a redraw that is longer is taken in parts.
_LONGEST_LINE = 2**23


def has_lines(head: bytes) -> bool:
    """Whether a file that begins so is text in lines, and no document that is read as a whole."""
    return b"\0" not in head and not head.lstrip().startswith((b"[", b'{"cells"', b"{\n")) and _cut(head) > 0


def condensed(chunks: Iterable[bytes]) -> tuple[bytes, bool]:
    """A log without most redraws of its bars, and where that is still long, parts of it, evenly spread.

    Returns:
        The text, and whether parts of it are left out. The first and the last part never are.
    """
    kept: list[str] = []
    every, number = 1, 0
    last = ""
    for number, block in enumerate(_blocks(_text(chunks))):
        last = block
        if number % every == 0:
            kept.append(block)
            if len(kept) > 2 * _BLOCKS:
                kept, every = kept[::2], 2 * every
    if every > 1 and number % every != 0:
        kept.append(last)
    return "".join(kept).encode("utf-8", "surrogatepass"), every > 1


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """The text in blocks of whole lines, each from the header of an epoch on where there is one."""
    held: list[str] = []
    size = 0
    for line in lines:
        begins = size >= _BLOCK and (line.lstrip().startswith(("Epoch", "EPOCH")) or size >= 2 * _BLOCK)
        if begins and held[-1].endswith("\n"):
            yield "".join(held)
            held, size = [], 0
        held.append(line)
        size += len(line)
    if held:
        yield "".join(held)


def _text(chunks: Iterable[bytes]) -> Iterator[str]:
    """What stands between line ends and redraws that are kept, each with the end that it had."""
    at, before = 1, ""
    for number, piece in thinned(_pieces(chunks)):
        if before:
            yield before + ("\r" if number == at else "\n" * (number - at))
        at, before = number, piece
    yield before + "\n"


def _pieces(chunks: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    rest, first = b"", 1
    for chunk in chunks:
        rest += chunk
        cut = _cut(rest)
        if not cut and len(rest) < _LONGEST_LINE:
            continue
        whole, rest = rest[: cut or len(rest)], rest[cut or len(rest) :]
        yield from pieces(whole.decode("utf-8", "replace"), first)
        first += whole.count(b"\n")
    yield from pieces(rest.decode("utf-8", "replace"), first)


def _cut(data: bytes) -> int:
    """After which byte a log may be cut: the last line end or redraw, 0 for none."""
    return max(data.rfind(mark) for mark in (b"\n", b"\r", b"\x08")) + 1
