"""Which files a client may name: those inside the root, and what the server saved itself."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

#: Saved diagnoses that are kept. With what a proof needs, each may take some hundred megabytes.
_KEPT = 10


class OutsideError(Exception):
    """A path that may not be read. The text says why and what to do."""


@dataclass(frozen=True)
class Places:
    """The folder whose files are served, and the server's own folder, which ends with it."""

    root: Path
    own: Path
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def inside(self, given: str) -> Path:
        """A path in the root, as seen from there. Symbolic links are followed first.

        Raises:
            OutsideError: it leads out of the root, does not exist, or is no path.
        """
        real = self._real(given)
        if not real.is_relative_to(self.root):
            raise OutsideError(
                f"{given!r} lies outside {self.root}. This server reads only what is inside; start it with "
                "`unstuck mcp --root FOLDER` for another folder."
            )
        if not real.exists():
            raise OutsideError(f"{given!r} does not exist in {self.root}. Give a path inside this folder.")
        if not (real.is_file() or real.is_dir()):  # reading a pipe or a device may never end
            raise OutsideError(f"{given!r} is neither a file nor a folder.")
        return real.relative_to(self.root)

    def file(self, given: str) -> Path:
        """A file in the root, as seen from there.

        Raises:
            OutsideError: it leads out of the root, or is no file.
        """
        path = self.inside(given)
        if not (self.root / path).is_file():
            raise OutsideError(f"{given!r} is no file. Give a file inside {self.root}.")
        return path

    def holds(self, folder: Path, pattern: str) -> None:
        """Check that files of this pattern under a folder of the root lie in the root, too.

        Raises:
            OutsideError: one is a symbolic link that leads out.
        """
        for each in (self.root / folder).rglob(pattern):
            if each.is_symlink() and not self._real(str(each)).is_relative_to(self.root):
                raise OutsideError(f"{each.relative_to(self.root)} is a link that leads outside {self.root}.")

    def case(self, given: str) -> Path:
        """A saved diagnosis, in the root or among those that the server saved.

        Raises:
            OutsideError: it is neither.
        """
        real = self._real(given)
        if not real.is_relative_to(self.own):
            return self.file(given)
        if not real.is_file():
            raise OutsideError(f"{given!r} is no longer kept. Run the script again.")
        return real

    def fresh(self) -> Path:
        """A new folder of the server's own. The oldest one goes where there are many."""
        folder = self.own / str(next(self._numbers))
        folder.mkdir()
        kept = sorted((each for each in self.own.iterdir() if each.is_dir()), key=lambda each: int(each.name))
        for old in kept[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        return folder

    def _real(self, given: str) -> Path:
        try:
            real = (self.root / given).resolve()
            real.exists()
            return real
        except (OSError, ValueError, RuntimeError) as error:  # a null byte, a circle of links, a long name
            reason = getattr(error, "strerror", None) or str(error)
            raise OutsideError(f"{given!r} is no path that can be read ({reason}).") from None
