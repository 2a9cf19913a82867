"""What was found in a file, kept in the user's cache folder: the same text is not read a second time.

It holds as long as the text, the modules of the project that were looked for beside it, the settings and
unstuck itself are the same. Where rules of other distributions are installed nothing is kept: nobody tells
when they change.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

import msgspec

from unstuck import __version__
from unstuck.lint.check import Checked, Found, sources_of
from unstuck.lint.files import Unit, read
from unstuck.lint.record import LintFinding
from unstuck.lint.settings import Settings

#: Bytes of the whole folder, of which the half that was not asked for longest goes then, and of one file.
MOST_BYTES, MOST_OF_ONE = 32 * 2**20, 2**20


class KeptFinding(msgspec.Struct, frozen=True):
    """A finding with its fix; `elsewhere` says that it stands in another file than the one checked."""

    record: LintFinding
    elsewhere: bool = False


class Remembered(msgspec.Struct, frozen=True):
    """What came of one file. `needs` are the files that were looked for beside it, with the digests of what
    they held, "" for one that is not there.
    """

    found: list[KeptFinding]
    problem: str
    trainings: int
    partly: int
    in_part: list[str]
    needs: dict[str, str]


def packed(checked: Checked) -> Remembered:
    """What came of a file as plain values, its fixes worked out."""
    return Remembered(
        found=[KeptFinding(each.record, each.elsewhere) for each in checked.found],
        problem=checked.problem,
        trainings=checked.trainings,
        partly=checked.partly,
        in_part=list(checked.in_part),
        needs={file: _digest_of(file) for file in sorted(checked.looked_for)},
    )


def unpacked(kept: Remembered, unit: Unit) -> Checked:
    """What came of a file, from plain values."""
    found = []
    for each in kept.found:
        own = read(each.record.file) if each.elsewhere else unit
        head = msgspec.structs.replace(each.record, fix=None)
        found.append(Found(head, None, own, partial(sources_of, own), each.elsewhere, each.record))
    return Checked(
        found, kept.problem, kept.trainings, kept.partly, tuple(kept.in_part), frozenset(kept.needs)
    )


class Cache:
    """What was found in files under some settings. Never raises: what cannot be written is not kept."""

    def __init__(self, settings: Settings) -> None:
        self._folder = _folder()
        self._base = _state(settings) if not entry_points(group="unstuck.rules") else b""
        self._wrote = False

    def get(self, unit: Unit) -> Remembered | None:
        """What was found in this text, None where it is not known any more."""
        if not self._base:
            return None
        file = self._file(unit)
        try:
            kept = msgspec.msgpack.decode(file.read_bytes(), type=Remembered)
            if any(_digest_of(each) != digest for each, digest in kept.needs.items()):
                return None
            os.utime(file)
        except (OSError, ValueError, msgspec.MsgspecError):
            return None
        return kept

    def put(self, unit: Unit, kept: Remembered) -> None:
        """Keep what was found in this text."""
        data = msgspec.msgpack.encode(kept)
        if not self._base or len(data) > MOST_OF_ONE:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as new:
                new.write(data)
            Path(new.name).replace(self._file(unit))
            self._wrote = True

    def trim(self) -> None:
        """Where all of them have become too many bytes, remove those that were not asked for longest."""
        if not self._wrote:
            return
        with contextlib.suppress(OSError):
            held = [(each.stat(), each.path) for each in os.scandir(self._folder)]
            size = sum(stat.st_size for stat, _ in held)
            if size <= MOST_BYTES:
                return
            for stat, path in sorted(held, key=lambda each: each[0].st_mtime):
                with contextlib.suppress(OSError):
                    Path(path).unlink()
                size -= stat.st_size
                if size <= MOST_BYTES // 2:
                    return

    def _file(self, unit: Unit) -> Path:
        name = hashlib.sha256(self._base)
        for part in (unit.file, unit.text, repr(unit.cells), unit.problem):
            name.update(b"\0" + hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest())
        return self._folder / name.hexdigest()


def _folder() -> Path:
    import platformdirs

    from unstuck.case.journal import VARIABLE

    moved = os.environ.get(VARIABLE)
    return (Path(moved) if moved else platformdirs.user_cache_path("unstuck", appauthor=False)) / "lint"


def _state(settings: Settings) -> bytes:
    """All that the findings hang on beside the files."""
    chosen = (sorted(settings.select), sorted(settings.ignore), str(settings.root), str(Path.cwd()))
    per_file = sorted((pattern, sorted(rules)) for pattern, rules in settings.per_file.items())
    parts = (__version__, sys.version, chosen, per_file, *_own_files())
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()


def _own_files() -> Iterable[tuple[str, int, int]]:
    """Names, times and sizes of unstuck's own files: who works on it does not count up its version."""
    waiting = [str(Path(__file__).parents[1])]
    while waiting:
        for each in sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name):
            if each.is_dir():
                waiting.append(each.path)
            elif each.name.endswith(".py"):
                stat = each.stat()
                yield each.path, stat.st_mtime_ns, stat.st_size


def _digest_of(file: str) -> str:
    """The digest of what a file holds, "" where there is none."""
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""
