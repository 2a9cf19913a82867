"""Files that are written whole or not at all, whatever ends the process meanwhile."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from contextlib import suppress
from pathlib import Path

#: What a file system answers that knows no files without a name, or where /proc does not show them.
_NO_UNNAMED = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT, errno.EXDEV, errno.EPERM}

#: Two threads of a process may write the same file at the same time.
_COUNT = itertools.count()


def write_whole(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file in one step: what stood there before, or all of the new one.

    A pipe or a device is written to as it is. A process that is killed meanwhile leaves no half file behind
    where the system knows files without a name (Linux).

    Args:
        path: the file; a link leads to what is written.
        data: all of it.
        mode: its permissions; those of the file that stood there, or what is usual, when not given.

    Raises:
        OSError: it cannot be written; what stood there is as before.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    target = path.resolve()  # behind a link, what it leads to
    new = target.with_name(f".{target.name}.{os.getpid()}-{next(_COUNT)}.new")
    try:
        if not _write_unnamed(new, data, mode):
            _write_named(new, data, mode)
        if mode is None and target.exists():
            shutil.copymode(target, new)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _write_named(new: Path, data: bytes, mode: int | None) -> None:
    number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _masked(mode))
    with os.fdopen(number, "wb") as file:
        file.write(data)


def _write_unnamed(new: Path, data: bytes, mode: int | None) -> bool:
    """Write a file that gets its name when it is whole; False where that cannot be done."""
    if not hasattr(os, "O_TMPFILE"):
        return False
    folder = None
    try:
        number = os.open(new.parent, os.O_TMPFILE | os.O_WRONLY, _masked(mode))
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            folder = os.open(new.parent, os.O_RDONLY | os.O_DIRECTORY)
            # With a folder given, Python asks the system to follow the link in /proc.
            os.link(f"/proc/self/fd/{number}", new.name, dst_dir_fd=folder, follow_symlinks=True)
    except OSError as error:
        if error.errno in _NO_UNNAMED:
            return False
        raise
    finally:
        if folder is not None:
            with suppress(OSError):
                os.close(folder)
    return True


def _masked(mode: int | None) -> int:
    """The permissions to create a file with; the process's mask takes from them what is usual."""
    return 0o666 if mode is None else mode
