"""Names that new code needs: those the file has already, a free one, or an import."""

from __future__ import annotations

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
    if any(source.span(use)[0] < at for use in source.uses(name, reads=False)) or source.uses(
        name, reads=True
    ):
        raise Unplaced(f'it needs "{line}", and the file uses the name {name} already')
    return name


def _spellings(source: Source, wanted: str, at: int) -> Iterator[str]:
    also = [_ALSO_CALLED + wanted.removeprefix(_KERAS)] if wanted.startswith(_KERAS) else []
    for name, target in _bindings(source, at):
        for full in (wanted, *also):
            if full == target:
                yield name
            elif full.startswith(target + "."):
                yield name + full[len(target) :]


def _bindings(source: Source, at: int) -> Iterator[tuple[str, str]]:
    """The module-level names that imports, and aliases such as `keras = tf.keras`, give by an offset."""
    for name in source.names():
        binds = source.uses(name, reads=False)
        if any(source.scope(bind) is source.module and source.span(bind)[0] < at for bind in binds):
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
    newline = source.module.default_newline
    body, after = source.module.body, None
    for index, statement in enumerate(body):
        if source.span(statement)[0] >= at or not isinstance(statement, cst.SimpleStatementLine):
            continue
        small = statement.body[0]
        text = isinstance(small, cst.Expr) and isinstance(
            small.value, (cst.SimpleString, cst.ConcatenatedString)
        )
        if isinstance(small, (cst.Import, cst.ImportFrom)) or (index == 0 and text):
            after = statement
    if after is None:
        start = source.offset(source.position(source.span(body[0])[0])[0])
        return Edit(start, start, f"{line}{newline}{newline}")
    end_line = source.position(source.span(after)[1])[0]
    start = source.offset(end_line + 1)
    last = not source.data[:start].endswith((b"\n", b"\r"))
    return Edit(start, start, f"{newline}{line}" if last else f"{line}{newline}")
