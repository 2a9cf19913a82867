"""Which files to read, and their text: .py and .ipynb, folders without what .gitignore leaves out."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unstuck.evidence.cells import program

#: Folders that hold no code of the user's own.
_LEFT_OUT = frozenset(
    (
        *("__pycache__", "node_modules", "site-packages", "dist-packages", "venv", "env", "build", "dist"),
        *(".eggs", ".ipynb_checkpoints"),
    )
)

SUFFIXES = (".py", ".ipynb")

#: A longer file is data in the shape of a program: the longest module people write has about 2 MB.
LARGEST = 5 * 2**20


class FilesError(Exception):
    """A path that was given and cannot be read. The text says why and what to do."""


@dataclass(frozen=True)
class Unit:
    """A file's program text. `cells` maps each line (from 1) of a notebook's text to (cell, line in the
    cell), both from 1; it is empty for a script. `problem` says why there is no text. `pasted` is true
    where the text came without a file: a file of that name may hold something else.
    """

    file: str
    text: str = ""
    cells: tuple[tuple[int, int], ...] = ()
    problem: str = ""
    pasted: bool = False

    @property
    def is_notebook(self) -> bool:
        """Whether lines belong to cells."""
        return self.file.endswith(".ipynb")


def found(paths: Iterable[str], excluded: Iterable[str] = ()) -> Iterator[Path]:
    """The files to read: those named, and those in the folders named, each once, in order.

    Args:
        paths: files and folders; a file that is named is read whatever its name.
        excluded: patterns as in .gitignore, relative to each folder that is named.

    Raises:
        FilesError: one of the paths does not exist.
    """
    seen: set[Path] = set()
    for each in paths:
        path = Path(each)
        if not path.exists():
            raise FilesError(f"{each!r} does not exist. Give files (.py, .ipynb) or folders.")
        for file in _walk(path, list(excluded)) if path.is_dir() else (path,):
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                yield file


def _walk(folder: Path, excluded: list[str]) -> Iterator[Path]:
    """The programs under a folder, by name, each folder's own .gitignore and those above it in force."""
    from pathspec import GitIgnoreSpec

    ignored = [(folder, GitIgnoreSpec.from_lines(excluded)), *_above(folder)]
    waiting: list[tuple[Path, list[tuple[Path, Any]]]] = [(folder, ignored)]
    while waiting:
        at, specs = waiting.pop()
        own = _ignore_file(at) if at != folder else None
        specs = [*specs, (at, own)] if own is not None else specs
        try:
            entries = sorted(os.scandir(at), key=lambda entry: entry.name)
        except OSError:
            continue
        below = []
        for entry in entries:
            path = at / entry.name
            if entry.is_symlink() or _is_ignored(path, entry.is_dir(), specs):
                continue
            if entry.is_dir():
                if entry.name not in _LEFT_OUT and not entry.name.startswith("."):
                    below.append((path, specs))
            elif entry.name.endswith(SUFFIXES) and entry.is_file():
                yield path
        waiting.extend(reversed(below))


def _above(folder: Path) -> list[tuple[Path, Any]]:
    """The .gitignore files of a folder and of those above it in the same repository."""
    found_here = []
    for at in (folder.resolve(), *folder.resolve().parents):
        spec = _ignore_file(at)
        if spec is not None:
            found_here.append((at, spec))
        if (at / ".git").exists():
            break
    return found_here


def _ignore_file(folder: Path) -> Any:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines((folder / ".gitignore").read_text("utf-8", "replace").splitlines())
    except OSError:
        return None


def _is_ignored(path: Path, is_folder: bool, specs: list[tuple[Path, Any]]) -> bool:
    for base, spec in specs:
        try:
            inside = path.relative_to(base)
        except ValueError:
            try:
                inside = path.resolve().relative_to(base)
            except ValueError:
                continue
        if spec.match_file(inside.as_posix() + ("/" if is_folder else "")):
            return True
    return False


def read(path: Path | str) -> Unit:
    """A file's program text. Never raises: what cannot be read has a `problem`."""
    name = str(path)
    try:
        if Path(path).stat().st_size > LARGEST:
            return Unit(name, problem=f"it is larger than {LARGEST // 2**20} MB")
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        return Unit(name, problem=f"it cannot be read ({getattr(error, 'strerror', None) or error})")
    return _notebook(name, data) if name.endswith(".ipynb") else text_of(name, data)


def text_of(name: str, data: bytes) -> Unit:
    """The text of a script, in the encoding that it declares."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return Unit(name, problem="its encoding is not known")
    return _script(name, text)


def pasted(name: str, text: str) -> Unit:
    """A program's text that came without a file, under the name that it is to have."""
    is_notebook = name.endswith(".ipynb")
    unit = _notebook(name, text.encode("utf-8", "replace")) if is_notebook else _script(name, text)
    return replace(unit, pasted=True)


def _script(name: str, text: str) -> Unit:
    if "\0" in text:
        return Unit(name, problem="it holds null bytes, so it is no program text")
    return Unit(name, text.removeprefix("\ufeff"))


def _notebook(name: str, data: bytes) -> Unit:
    """The code cells of a notebook one after the other; what only IPython understands is left blank."""
    try:
        held = program(data)
    except ValueError as error:
        return Unit(name, problem=str(error))
    return Unit(name, held.text, held.cells)
