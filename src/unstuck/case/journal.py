"""The Case of a program on disk while it grows, so that a killed training can still be told.

Each run has a folder of its own in the user's cache folder: `run.json`, a Case without its fits that says
what the program is at, and `fit-0001.json`, ... for each fit that was diagnosed. Every file is written whole;
a fit's is written once, so that a program of a thousand fits does not write the first one a thousand times.
"""

from __future__ import annotations

import atexit
import functools
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from unstuck import __version__
from unstuck.case.growing import Growing, Stage, created
from unstuck.case.schema import Case, CaseError, RunRecord
from unstuck.case.writing import write_whole

if TYPE_CHECKING:  # a saved Case is shown without numpy
    from unstuck.evidence.facts import Evidence

#: Runs that are kept, and bytes of all of them together.
MOST_RUNS, MOST_BYTES = 20, 50 * 2**20

#: After so many bytes more a run looks again whether all of them together are too many.
_LOOK_AGAIN = 2**20

#: Seconds for which a run of another machine, of which nobody here can know, counts as one that goes on.
_ELSEWHERE = 86400.0

#: The variable that moves the cache folder.
VARIABLE = "UNSTUCK_CACHE"

_HEAD = "run.json"
_OWN = re.compile(r"run\.json|fit-\d+\.json|\..*\.new")
_NAME = re.compile(r"\d{8}T\d{6}-(\d+)-.*")


def folder() -> Path:
    """Where the runs are kept."""
    import platformdirs

    moved = os.environ.get(VARIABLE)
    return (Path(moved) if moved else platformdirs.user_cache_path("unstuck", appauthor=False)) / "runs"


class Journal:
    """Writes one program's Case as it grows. Never raises: what cannot be written is said once.

    Args:
        script: the program, None where it has no file.
        arguments: those that it is run with.
        kept: whether it is kept among the last runs.
        json_file: where the Case is to stand as well.
        holds: whether the fits are held in memory, too, for `case` and `close`.
    """

    def __init__(
        self,
        script: str | None,
        arguments: list[str],
        *,
        kept: bool = True,
        json_file: Path | None = None,
        holds: bool = True,
    ) -> None:
        self._head = Case(version=__version__, script=script, arguments=list(arguments))
        self._script = str(Path(script).absolute()) if script else None  # the script may change the folder
        self._began = round(time.time(), 3)
        self._kept, self._holds = kept, holds
        # A pipe or a device takes the Case once, when it is whole.
        grows = json_file is not None and (json_file.is_file() or not json_file.exists())
        self._json = json_file if grows else None
        self._folder: Path | None = None
        self._runs: list[bytes] = []
        self._size = self._looked = 0
        self._said: set[str] = set()
        self._process = os.getpid()
        #: Gives what writes a fit that goes on as it is now; None where none does.
        self.fresh: Callable[[], Callable[[], None] | None] | None = None
        #: When a fit that goes on was last written, and until when it is not worth its time again.
        self.written = self.rests_until = -math.inf

    @property
    def fits(self) -> int:
        """How many fits were diagnosed."""
        return len(self._runs)

    def is_at(
        self,
        stage: Stage,
        fit: int,
        *,
        seconds: float = 0.0,
        evidence: Evidence | None = None,
        told: Sequence[dict[str, Any]] = (),
    ) -> None:
        """Write what the program is at; see `Growing`."""
        self._grow(stage, fit, seconds, evidence, told)
        self._write()

    def _grow(
        self,
        stage: Stage,
        fit: int,
        seconds: float = 0.0,
        evidence: Evidence | None = None,
        told: Sequence[dict[str, Any]] = (),
    ) -> None:
        about = {"script": self._script, "began": self._began, "fit": fit, "seconds": round(seconds, 3)}
        growing = Growing.now(stage, evidence, told=list(told), **about)
        self._head = msgspec.structs.replace(self._head, growing=growing)

    def refresh(self) -> None:
        """Write a fit that goes on as it is now: a signal is about to end it. What fails changes nothing."""
        fresh = self.fresh() if self.fresh is not None else None
        if fresh is not None:
            with suppress(Exception):
                fresh()

    def has_ended(self, number: int, run: RunRecord) -> None:
        """Write a diagnosed fit, counted from 0."""
        self._grow("running", number + 1)  # what was seen of it is told by this record from now on
        self.has_more(number, run)

    def has_more(self, number: int, run: RunRecord) -> None:
        """Write a fit again of which more is known."""
        data = msgspec.json.encode(run)
        self._runs[number : number + 1] = [data if self._holds else b""]
        self._keep(f"fit-{number + 1:04d}.json", data)
        self._write()

    def case(self) -> Case:
        """The Case as it is by now, whatever of it could be written."""
        runs = [msgspec.json.decode(each, type=RunRecord) for each in self._runs]
        return msgspec.structs.replace(self._head, runs=runs)

    def close(self, case: Case) -> None:
        """Write how it came out; the file that --json names is written by who was asked for it."""
        if self._folder is None or os.getpid() != self._process:
            return
        for number, run in enumerate(case.runs):
            data = msgspec.json.encode(run)
            if number >= len(self._runs) or data != self._runs[number]:
                self.has_more(number, run)
        self._head = msgspec.structs.replace(case, runs=[], growing=None)
        self._json = None
        self._write()

    def end(self) -> None:
        """The process ends. A fit that raised, of which nobody heard again, stays as it was last written."""
        growing = self._head.growing
        if self._folder is not None and growing is not None and growing.stage != "training":
            self._head = msgspec.structs.replace(self._head, growing=None)
            self._write()

    def _write(self) -> None:
        if os.getpid() != self._process:
            return
        self._keep(_HEAD, msgspec.json.encode(self._head))
        if self._json is not None:
            runs = [msgspec.Raw(each) for each in self._runs]
            whole = {**msgspec.structs.asdict(self._head), "runs": runs}
            try:
                write_whole(self._json, msgspec.json.encode(whole) + b"\n")
            except (OSError, ValueError) as error:
                self._say(str(self._json), error)

    def _keep(self, name: str, data: bytes) -> None:
        """Write one file of the run's folder."""
        if not self._kept or self._size + len(data) > MOST_BYTES:
            return
        try:
            if self._folder is None:
                self._folder = _made(self._head.script)
                prune(self._folder)
            write_whole(self._folder / name, data, mode=0o600)
        except (OSError, ValueError) as error:
            self._say(f"the journal in {self._folder or folder()}", error)
            return
        if name != _HEAD:
            self._size += len(data)
        if self._size > self._looked + _LOOK_AGAIN:
            self._looked = self._size
            prune(self._folder)

    def _say(self, what: str, error: Exception) -> None:
        if what in self._said:
            return
        self._said.add(what)
        reason = getattr(error, "strerror", None) or str(error)
        with suppress(Exception):  # the script may have closed it
            sys.stderr.write(
                f"unstuck: {what} cannot be written ({reason}); the training goes on, and if it is killed, "
                "nothing is there to tell of it.\n"
            )


def own() -> Journal:
    """The journal of this process, for the fits that its program has watched; there is one."""
    return _of_process(os.getpid())


@functools.cache
def _of_process(_: int) -> Journal:
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    journal = Journal(main, sys.argv[1:] if main else [], holds=False)
    atexit.register(journal.end)
    return journal


def _made(script: str | None) -> Path:
    """A new folder for a run that begins now."""
    stem = re.sub(r"[^\w.-]+", "_", Path(script).stem if script else "python")[:40]
    name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{os.getpid()}-{stem}"
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for more in ("", *(f".{number}" for number in range(2, 100))):
        with suppress(FileExistsError):
            made = place / f"{name}{more}"
            made.mkdir(mode=0o700)
            return made
    raise FileExistsError(f"{place / name} is there already")


@dataclass(frozen=True)
class Kept:
    """A run in the journal."""

    folder: Path

    @property
    def began(self) -> float:
        """When it began, in seconds of the epoch."""
        import calendar

        return calendar.timegm(time.strptime(self.folder.name.partition("-")[0], "%Y%m%dT%H%M%S"))

    @property
    def written(self) -> float:
        """When it was last written, 0.0 where it is gone."""
        with suppress(OSError):
            return (self.folder / _HEAD).stat().st_mtime
        return 0.0

    @property
    def files(self) -> list[Path]:
        """The files of its fits, in their order."""
        return sorted(self.folder.glob("fit-*.json"))

    def head(self) -> Case:
        """What it says of itself, without its fits.

        Raises:
            CaseError: it is gone, or another version of unstuck wrote it.
        """
        return Case.load(self.folder / _HEAD)

    def case(self) -> Case:
        """All of it.

        Raises:
            CaseError: it is gone, or another version of unstuck wrote it.
        """
        head = self.head()
        try:
            runs = [msgspec.json.decode(file.read_bytes(), type=RunRecord) for file in self.files]
        except (OSError, msgspec.MsgspecError) as error:
            raise CaseError(f"{self.folder} is no readable run of this version ({error}).") from None
        return msgspec.structs.replace(head, runs=runs)


def kept() -> list[Kept]:
    """The runs that are kept, the newest first."""
    with suppress(OSError):
        found = [each for each in folder().iterdir() if _NAME.fullmatch(each.name)]
        return [Kept(each) for each in sorted(found, reverse=True) if (each / _HEAD).is_file()]
    return []


def prune(own: Path) -> None:
    """Remove the runs that were written longest ago, where there are too many or they are too large.

    The own one and those whose program still runs stay. Never raises.
    """
    left_runs, left_bytes = MOST_RUNS - 1, MOST_BYTES - _LOOK_AGAIN - _size(own)
    with suppress(OSError):
        others = [each for each in own.parent.iterdir() if _NAME.fullmatch(each.name) and each != own]
        for each in sorted(others, key=lambda one: Kept(one).written, reverse=True):
            left_runs, left_bytes = left_runs - 1, left_bytes - _size(each)
            if (left_runs < 0 or left_bytes < 0) and not _is_written(each):
                _remove(each)


def _is_written(run: Path) -> bool:
    """Whether a program still writes this run."""
    try:
        growing = Kept(run).head().growing
    except CaseError:  # of another version, or just begun
        process = _NAME.fullmatch(run.name)
        return process is not None and created(int(process[1])) is not None
    if growing is None:
        return False
    alive = growing.is_alive
    return time.time() - growing.written < _ELSEWHERE if alive is None else alive


def _files(run: Path) -> Iterator[Path]:
    return (each for each in run.iterdir() if _OWN.fullmatch(each.name))


def _size(run: Path) -> int:
    total = 0
    with suppress(OSError):
        for each in _files(run):
            total += each.stat().st_size
    return total


def _remove(run: Path) -> None:
    with suppress(OSError):
        for each in _files(run):
            each.unlink(missing_ok=True)
        run.rmdir()
