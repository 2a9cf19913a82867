"""A file, a folder or standard input to the trainings that it logs."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

from unstuck.evidence.printed.run import LoggedRun, in_shares
from unstuck.logbook.plain import plain_lines
from unstuck.logbook.reader import Given, readers
from unstuck.logbook.readers.event_files import VALIDATION_FOLDERS, runs_of

#: Larger files are no log that a person reads; they would fill the memory.
_LARGEST = 1_000_000_000

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
        return read_bytes(Given(_unpacked(sys.stdin.buffer.read(), "Standard input")))
    path = Path(name)
    try:
        if path.is_dir():
            return _read_folder(path)
        if not path.exists():
            raise LogError(f"{name} does not exist. Give a log file, a TensorBoard folder, or - for a paste.")
        if path.stat().st_size > _LARGEST:
            raise LogError(f"{name} is larger than 1 GB. Give the part of it that holds the training.")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # no permission; a name that no file can have
        reason = getattr(error, "strerror", None) or str(error)
        raise LogError(f"{name} cannot be read ({reason}).") from None
    return read_bytes(Given(_unpacked(data, name), name, path.absolute().parent.name))


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


def _unpacked(data: bytes, name: str) -> bytes:
    """What a gzip file holds, one that is cut off as far as it goes; other bytes as they are.

    Raises:
        LogError: it is broken, or holds more than is read.
    """
    held = b""
    while data.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            held += unpacker.decompress(data, _LARGEST - len(held) + 1)
        except zlib.error as error:
            raise LogError(f"{name} is no gzip file that can be read ({error}).") from None
        if len(held) > _LARGEST:
            raise LogError(f"{name} holds more than 1 GB. Give the part of it that holds the training.")
        data = unpacker.unused_data
    return held or data


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
