"""The shape of a reader, and the table of all readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from unstuck.evidence.printed.run import LoggedRun
from unstuck.logbook.plain import decode, plain_lines
from unstuck.registry import Registry


@dataclass(frozen=True)
class Given:
    """What stands in one file (or came from standard input).

    `name` is how the user called it, `folder` the folder it stands in ("" where unknown), which
    tells TensorBoard's training from its validation.
    """

    data: bytes
    name: str = "-"
    folder: str = ""

    @cached_property
    def text(self) -> str:
        """The content as text."""
        return decode(self.data)

    @property
    def lines(self) -> Iterator[tuple[int, str]]:
        """The content as numbered plain lines, made as they are read: a long log is never held twice."""
        return plain_lines(self.text)


Read = Callable[[Given], list[LoggedRun]]


@dataclass(frozen=True)
class Reader:
    """A format: its `name`, what it looks `like` in words, and the function that reads it.

    `read` gives no runs where the file is of another format. Readers are asked in the order of
    `rank`; the first that finds a training is taken, so that the formats that cannot be mistaken
    come first.
    """

    name: str
    like: str
    rank: int
    read: Read


_READERS: Registry[Reader] = Registry("readers", "unstuck.logbook.readers")


def reader(name: str, *, like: str, rank: int) -> Callable[[Read], Read]:
    """Make a function the reader of a format."""

    def decorate(read: Read) -> Read:
        _READERS.put(name, Reader(name, like, rank, read), read.__module__)
        return read

    return decorate


def readers() -> list[Reader]:
    """All readers in the order in which they are asked."""
    return sorted(_READERS.all().values(), key=lambda each: each.rank)
