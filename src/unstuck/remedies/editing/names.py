"""Names that new code needs: those the file has already, a free one, or an import."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.edits import Edit

_KERAS = "keras."
_ALSO_CALLED = "tensorflow.keras."


def fresh(source: Source, wanted: str, taken: tuple[str, ...] = ()) -> str:
    """A name that the file does not use: the wanted one, or that with a number."""
    used = {*source.names(), *taken}
    numbered = (f"{wanted}_{number}" for number in range(2, len(used) + 3))
    return next(name for name in (wanted, *numbered) if name not in used)


def expression(source: Source, wanted: str, at: int) -> tuple[str, list[Edit]]:
    """How to write a full name ("keras.losses.BinaryCrossentropy", "numpy") in code at an offset.

    Returns:
        The shortest expression through what the file imports by there, and the edits that add an
        import where it imports nothing of the kind.
    """
    spelled = known(source, wanted, at)
    if spelled is not None:
        return spelled, []
    if not wanted.startswith(_KERAS):
        return _imported(source, "import numpy as np", "np", at), [_import(source, "import numpy as np", at)]
    line = "from tensorflow import keras" if "tensorflow.keras" in source.text else "import keras"
    return _imported(source, line, "keras", at) + wanted.removeprefix("keras"), [_import(source, line, at)]


def known(source: Source, wanted: str, at: int) -> str | None:
    """The shortest expression for a full name through what is imported by an offset, None without one."""
    spelled = _spellings(source, wanted, at)
    return min(spelled, key=lambda name: (name.count("."), len(name), name), default=None)


def _imported(source: Source, line: str, name: str, at: int) -> str:
    """The name that an added import binds.

    Raises:
        Unplaced: the file uses that name for something else.
    """
    if source.uses(name, reads=False, within=(0, at)) or source.uses(name, reads=True):
        raise Unplaced(f'it needs "{line}", and the file uses the name {name} already')
    return name


def _spellings(source: Source, wanted: str, at: int) -> Iterator[str]:
    also = [_ALSO_CALLED + wanted.removeprefix(_KERAS)] if wanted.startswith(_KERAS) else []
    for name, target in _bindings(source, wanted, at):
        for full in (wanted, *also):
            if full == target:
                yield name
            elif full.startswith(target + "."):
                yield name + full[len(target) :]


def _bindings(source: Source, wanted: str, at: int) -> Iterator[tuple[str, str]]:
    """The module-level names for parts of a full name by an offset: imports, `keras = tf.keras`."""
    for name in source.likened(f"tensorflow.{wanted}"):
        above = source.uses(name, reads=False, within=(0, at))
        if any(source.scope(bind) is source.module for bind in above):
            binds = source.uses(name, reads=False)
            targets = {_target(source, bind) for bind in binds}
            if len(targets) == 1 and "" not in targets:
                yield name, targets.pop()


def _target(source: Source, bind: cst.Name) -> str:
    """What a name stands for where it is bound, "" when that is neither an import nor an alias."""
    target = source.imported(bind) or ""
    value = None if target else source.assigned(bind)
    if isinstance(value, (cst.Attribute, cst.Name)):
        target = source.dotted(value)
    if target.startswith("."):
        return ""
    # An import under try, of either Keras, is one name all the same.
    return target.removeprefix("tensorflow.") if target.startswith("tensorflow.keras") else target


def _import(source: Source, line: str, at: int) -> Edit:
    """An import line after the last top-level import before an offset, or at the head of the file."""
    newline, after = source.newline, None
    for index, piece in enumerate(source.pieces):
        first = piece.nodes[0]
        held = first.value if isinstance(first, ast.Expr) else None
        text = isinstance(held, ast.Constant) and isinstance(held.value, (str, bytes))
        if source.offset(piece.first_line) < at and (
            isinstance(first, (ast.Import, ast.ImportFrom)) or (index == 0 and text)
        ):
            after = piece
    if after is None:
        start = source.offset(source.pieces[0].first_line)
        return Edit(start, start, f"{line}{newline}{newline}")
    start = source.offset(after.last_line + 1)
    last = not source.data[:start].endswith((b"\n", b"\r"))
    return Edit(start, start, f"{newline}{line}" if last else f"{line}{newline}")
