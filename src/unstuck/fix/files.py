"""The user's files: only as they were at the diagnosis, written all or none, each with a patch to undo it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sysconfig
import tempfile
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unstuck.evidence.cells import is_notebook
from unstuck.evidence.source import Source
from unstuck.fix.patch import UndoError, undone
from unstuck.remedies.editing.diff import shown, unified

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_INSTALLED = {"site-packages", "dist-packages"}


class UneditableError(Exception):
    """A file that is not edited. The text is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Edited:
    """One file to write. `file` is as the diagnosis names it, `path` the file itself behind all links.

    `diff` is for the current folder, `patch` for the file's own.
    """

    file: str
    path: Path
    before: bytes
    after: bytes
    diff: str
    patch: bytes


def edited(before: Source, after: Source, digests: Mapping[str, str]) -> Edited:
    """The bytes to write for one file, in its own encoding.

    Args:
        before: the file as it is.
        after: the same with the remedies in it.
        digests: SHA-256 in hexadecimal by file, as they were at the diagnosis.

    Raises:
        UneditableError: the file is not as it was, not the user's own, or would lose its encoding.
    """
    path, name = Path(before.file).resolve(), shown(before.file)
    data = unchanged(before.file, digests)
    encoding = tokenize.detect_encoding(iter(data.splitlines(keepends=True)).__next__)[0]
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    try:
        again, written = ((each.bom + each.text).encode(encoding) for each in (before, after))
    except UnicodeEncodeError:
        raise UneditableError(f"{name} is written in {encoding}, which cannot hold the change.") from None
    if again != data:
        raise UneditableError(f"{name} would not keep its encoding ({encoding}). Edit it by hand.")
    patch = _patch(path.name, before, after)
    with contextlib.suppress(UndoError):
        if undone(patch, written) == (path.name, data):
            return Edited(before.file, path, data, written, unified(before, after), patch)
    raise UneditableError(f"{name} cannot be given a patch that takes the change back. Edit it by hand.")


def is_installed(file: str) -> bool:
    """Whether a file belongs to the standard library or to an installed package."""
    folders = (sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib"))
    return bool(_INSTALLED & set(Path(file).parts)) or any(
        Path(file).is_relative_to(folder) for folder in folders
    )


def unchanged(file: str, digests: Mapping[str, str]) -> bytes:
    """The bytes of a file of the user's own that is as it was at the diagnosis.

    Raises:
        UneditableError: it is not, or that cannot be known, or it is an installed package's.
    """
    name, digest = shown(file), digests.get(file)
    if is_notebook(file):
        raise UneditableError(
            f"{name} is a notebook, which unstuck does not write: make the change by hand, in the cell where "
            "the report shows it."
        )
    if is_installed(file) or is_installed(str(Path(file).resolve())):
        raise UneditableError(f"{name} belongs to an installed package, which unstuck does not edit.")
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        if digest is None:  # there was none at the diagnosis, either
            raise UneditableError(
                "The diagnosis is of a cell that was typed into a session, which is no file: make the change "
                "by hand, in the cell where the report shows it."
            ) from None
        raise UneditableError(f"{name} cannot be read ({error.strerror}).") from None
    if digest is None:
        raise UneditableError(
            f"The case does not say what {name} held at the diagnosis, so it is not known whether the "
            "places are still right. Diagnose the script again."
        )
    if hashlib.sha256(data).hexdigest() != digest:
        raise UneditableError(
            f"{name} has changed since the diagnosis, so the places found then may be wrong now. "
            "Diagnose the script again."
        )
    return data


def _patch(name: str, before: Source, after: Source) -> bytes:
    """The unified diff for use in the file's own folder."""
    pair = (Source(name, each.text, bom=each.bom, ascii_only=each.ascii_only) for each in (before, after))
    return unified(*pair).encode("utf-8", "surrogateescape")


def write(files: Sequence[Edited]) -> list[Path]:
    """Write all the files or none, and a patch beside each that takes it back.

    Each file is replaced in one step and keeps its mode; no existing file is overwritten by a patch.

    Returns:
        The patches, in the order of the files.

    Raises:
        UneditableError: one of them cannot be written, or has just changed; then all are as before.
    """
    ready: list[Path] = []
    patches: list[Path] = []
    replaced: list[Edited] = []
    try:
        for each in files:
            _writable(each)
            ready.append(_beside(each.path, each.after))
        for each in files:
            patches.append(_new_patch(each))
        for each, new in zip(files, ready, strict=True):
            new.replace(each.path)
            replaced.append(each)
    except OSError as error:
        for each in replaced:
            _beside(each.path, each.before).replace(each.path)
        _remove(patches)
        raise UneditableError(f"Nothing was written: {_reason(error)}.") from None
    finally:
        _remove(ready)
    return patches


def replace(path: Path, data: bytes) -> None:
    """Write one file in one step, keeping its mode.

    Raises:
        UneditableError: it cannot be written; it is then as before.
    """
    try:
        _may_be_written(path)
        new = _beside(path, data)
        try:
            new.replace(path)
        finally:
            _remove([new])
    except OSError as error:
        raise UneditableError(f"Nothing was written: {_reason(error)}.") from None


def _writable(each: Edited) -> None:
    _may_be_written(each.path)
    if each.path.read_bytes() != each.before:
        raise UneditableError(f"{shown(each.file)} has just changed. Diagnose the script again.")


def _may_be_written(path: Path) -> None:
    """Respect a file that is marked read-only, though replacing it would be possible.

    Raises:
        UneditableError: it, or its folder, may not be written.
    """
    if not path.stat().st_mode & _WRITABLE or not os.access(path, os.W_OK):
        raise UneditableError(f"Nothing was written: {shown(str(path))} is read-only.")
    if not os.access(path.parent, os.W_OK):
        raise UneditableError(f"Nothing was written: the folder {shown(str(path.parent))} is read-only.")


def _beside(path: Path, data: bytes) -> Path:
    """A new file with this content in the folder of `path`, with its mode."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(path, new)
    except OSError:
        _remove([new])
        raise
    return new


def _new_patch(each: Edited) -> Path:
    """The patch written under the first name beside the file that is free."""
    number = 1
    while True:
        tail = ".unstuck.patch" if number == 1 else f".unstuck.{number}.patch"
        path = each.path.with_name(each.path.name + tail)
        try:
            with path.open("xb") as file:
                file.write(each.patch)
        except FileExistsError:
            number += 1
        else:
            return path


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    where = f"{shown(str(error.filename))}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
