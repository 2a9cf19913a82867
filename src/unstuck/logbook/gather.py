"""A file, a folder or standard input to the trainings that it logs."""

from __future__ import annotations

import itertools
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from unstuck.evidence.printed.run import LoggedRun, in_shares
from unstuck.logbook.long_logs import SHORT, condensed, has_lines
from unstuck.logbook.plain import plain_lines
from unstuck.logbook.reader import Given, readers
from unstuck.logbook.readers.event_files import VALIDATION_FOLDERS, runs_of

#: Larger files that are read as a whole (notebooks, event files) would fill the memory.
_LARGEST = 1_000_000_000

#: Bytes that are read at once.
_CHUNK = 2**20

#: A log directory with more event files than this holds many experiments: one is to be chosen.
_MOST_FILES = 500

#: How a gzip file begins, and each further part of one that was appended to.
_GZIP = b"\x1f\x8b"

#: How much of a line an error shows.
_SHOWN = 60


class LogError(Exception):
    """Nothing could be read. The text says what was given and what to do."""


def read_log(name: str) -> list[LoggedRun]:
    """The trainings in a file, in a TensorBoard folder, or ("-") in what comes from standard input.

    Raises:
        LogError: there is no such file, it cannot be read, or no known format is in it.
    """
    if name == "-":
        if sys.stdin.isatty():
            print("Paste the log, then end it with Ctrl-D (Ctrl-Z and Enter on Windows).", file=sys.stderr)  # noqa: T201
        return _read_stream(sys.stdin.buffer, name)
    path = Path(name)
    try:
        if path.is_dir():
            return _read_folder(path)
        if not path.exists():
            raise LogError(f"{name} does not exist. Give a log file, a TensorBoard folder, or - for a paste.")
        with path.open("rb") as stream:
            return _read_stream(stream, name, path.absolute().parent.name)
    except (OSError, ValueError) as error:  # no permission; a name that no file can have
        reason = getattr(error, "strerror", None) or str(error)
        raise LogError(f"{name} cannot be read ({reason}).") from None


def read_bytes(given: Given) -> list[LoggedRun]:
    """The trainings in some bytes, by the first reader that finds one.

    Raises:
        LogError: no known format is in them.
    """
    for each in readers():
        runs = each.read(given)
        if runs:
            return [in_shares(run) for run in runs]
    subject = "Standard input" if given.name == "-" else given.name
    if not given.data.strip():
        raise LogError(f"{subject} is empty. Give what fit printed.")
    raise LogError(f"{subject} holds no training that unstuck can read.{_seen(given)}\n{known_formats()}")


def _read_stream(stream: BinaryIO, name: str, folder: str = "") -> list[LoggedRun]:
    """The trainings in what a stream gives, which may be gzip. A long log is never held as a whole."""
    said = "Standard input" if name == "-" else name
    chunks = _chunks(stream, said)
    head = b"".join(_up_to(chunks, SHORT))
    if len(head) < SHORT or not has_lines(head[: 2**20]):
        return read_bytes(Given(head + b"".join(_up_to(chunks, _LARGEST, said)), name, folder))
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for each in itertools.chain([head], chunks):
            size += len(each)
            yield each

    data, in_part = condensed(counted())
    runs = read_bytes(Given(data, name, folder))
    if not in_part:
        return runs
    said = f"The log has {size / 1e6:,.0f} MB: parts of it that are spread evenly over it were read."
    return [replace(run, cut=(*run.cut, said), lines=None) for run in runs]


def _up_to(chunks: Iterator[bytes], most: int, refused: str = "") -> Iterator[bytes]:
    """Chunks up to a size; a file that is `refused` there by its name may not hold more.

    Raises:
        LogError: it holds more.
    """
    size = 0
    for each in chunks:
        yield each
        size += len(each)
        if size >= most:
            if refused:
                raise LogError(
                    f"{refused} holds more than 1 GB. Give the part of it that holds the training."
                )
            return


def _chunks(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """What a stream gives, and a gzip file holds, bit by bit; one that is cut off as far as it goes.

    Raises:
        LogError: it is no gzip file that can be read.
    """
    data = stream.read(_CHUNK)
    if not data.startswith(_GZIP):
        while data:
            yield data
            data = stream.read(_CHUNK)
        return
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    while data:
        try:
            yield unpacker.decompress(data, _CHUNK)
        except zlib.error as error:
            raise LogError(f"{name} is no gzip file that can be read ({error}).") from None
        if unpacker.eof:
            data = unpacker.unused_data or stream.read(_CHUNK)
            if not data.startswith(_GZIP[:1]):
                return
            unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        else:
            data = unpacker.unconsumed_tail or stream.read(_CHUNK)


def known_formats() -> str:
    """What can be read, a line a format."""
    each = sorted(readers(), key=lambda reader: -reader.rank)
    return "It reads:\n" + "\n".join(f"  {reader.name}: {reader.like}" for reader in each)


def _seen(given: Given) -> str:
    """How the first line looked."""
    first = next(plain_lines(given.text[:10_000]), None)
    if first is None:
        return ""
    line = "".join(sign if sign.isprintable() else "?" for sign in first[1].strip())
    return f" Its first line: {line if len(line) <= _SHOWN else line[: _SHOWN - 3] + '...'!s}"


def _read_folder(folder: Path) -> list[LoggedRun]:
    """The trainings of a TensorBoard folder: each folder with event files, its validation folder with it."""
    files = sorted(file for file in folder.rglob("*tfevents*") if file.is_file())
    if not files:
        raise LogError(f"{folder} holds no TensorBoard event file. Give a folder that does, or a log file.")
    if len(files) > _MOST_FILES:
        raise LogError(
            f"{folder} holds {len(files):,} event files, more than {_MOST_FILES}. Give the folder of one "
            "training."
        )
    trainings: dict[Path, list[Path]] = {}
    for file in files:
        split = file.parent.name.lower() in ("train", "training", *VALIDATION_FOLDERS)
        trainings.setdefault(file.parent.parent if split else file.parent, []).append(file)
    runs = []
    for held, members in trainings.items():
        given = [Given(file.read_bytes(), str(file), file.parent.name) for file in members]
        runs += [in_shares(run) for run in runs_of(given, str(held))]
    if not runs:
        raise LogError(f"The event files in {folder} hold no loss and no accuracy.")
    return runs
