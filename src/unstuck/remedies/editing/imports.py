"""Imports of what is neither Keras nor numpy."""

from __future__ import annotations

from unstuck.evidence.source import Source
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.names import _import, _imported, _spellings


def imported(source: Source, module: str, name: str, at: int) -> tuple[str, list[Edit]]:
    """How to write `name` of a module in code at an offset, and the import line where there is none yet.

    Raises:
        Unplaced: the file uses the name for something else.
    """
    spelled = list(_spellings(source, f"{module}.{name}", at))
    if spelled:
        return min(spelled, key=lambda text: (text.count("."), len(text), text)), []
    line = f"from {module} import {name}"
    return _imported(source, line, name, at), [_import(source, line, at)]
