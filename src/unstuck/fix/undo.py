"""Take a change back by the patch that was kept beside the file: exactly, or not at all."""

from __future__ import annotations

from pathlib import Path

from unstuck.fix.files import replace
from unstuck.fix.patch import UndoError, header, undone


def undo(patch: Path) -> Path:
    """Restore the file beside a patch that `--write` kept.

    Raises:
        UndoError: the patch is not one of those, or the file is not as the change left it.
        UneditableError: the file cannot be written.
    """
    try:
        kept = patch.read_bytes()
        name, _ = header(kept)
        path = patch.resolve().parent / name
        present = path.read_bytes()
    except OSError as error:
        raise UndoError(f"{error.filename} cannot be read ({error.strerror}).") from None
    _, before = undone(kept, present)
    replace(path, before)
    return path
