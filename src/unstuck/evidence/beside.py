"""Modules of the user's own project, found beside the file that imports them. They are read, never run."""

from __future__ import annotations

from pathlib import Path

#: Files that one program is followed into, and the bytes of the largest: a project's models stand in few.
MOST_MODULES, MOST_BYTES = 20, 2**18


def beside(file: str, module: str, level: int) -> Path | None:
    """The file that a module of this name is, seen from a file of the project; None where none stands there.

    Args:
        file: the file that imports.
        module: the dotted name ("models.text"), "" for a package itself.
        level: how many dots stand before it; 0 looks in the folder of the file.
    """
    for each in candidates(file, module, level):
        try:
            if each.is_file() and each.stat().st_size <= MOST_BYTES and each != Path(file):
                return each
        except OSError:
            return None
    return None


def candidates(file: str, module: str, level: int) -> tuple[Path, Path]:
    """The files that a module of this name could be, seen from a file of the project."""
    folder = Path(file).parent
    for _ in range(level - 1):
        folder = folder.parent
    path = folder.joinpath(*module.split(".")) if module else folder / "__init__"
    return path.with_suffix(".py"), path / "__init__.py"
