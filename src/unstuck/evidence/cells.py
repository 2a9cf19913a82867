"""A notebook's code cells as one program text, and the way back from its lines to the cells.

Within unstuck a place in a notebook counts lines over all its code cells; where it is told, it is the
cell, counted from 1 over all cells, and the line in it.
"""

from __future__ import annotations

import ast
import difflib
import json
import linecache
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from unstuck.watch.muting import muted
from unstuck.watch.prompts import cell_name

#: Cell magics under which the rest of the cell is still Python.
_STILL_PYTHON = ("%%time", "%%capture", "%%prun", "%%unstuck")

#: `files = !ls` and `found = %who_ls`.
_TAKEN = re.compile(r"^(\s*[\w, ]+=\s*)[!%].*$")


@dataclass(frozen=True)
class Program:
    """The code of a notebook.

    `text` is Python, with what only IPython understands left blank; `cells` maps each of its lines
    (from 1) to (cell, line in the cell), both from 1; `written` are the same lines as they stand there.
    """

    text: str
    cells: tuple[tuple[int, int], ...]
    written: tuple[str, ...]

    @cached_property
    def first_lines(self) -> dict[int, int]:
        """The line of the text, from 1, at which each code cell begins."""
        return {cell: line for line, (cell, at) in enumerate(self.cells, start=1) if at == 1}


def is_notebook(file: str) -> bool:
    """Whether a file's name is that of a notebook."""
    return file.lower().endswith(".ipynb")


def program(data: bytes) -> Program:
    """The program text of a notebook file.

    Raises:
        ValueError: it is no JSON with cells.
    """
    try:
        sources = [
            (number, _joined(cell.get("source", "")))
            for number, cell in enumerate(json.loads(data)["cells"], start=1)
            if cell.get("cell_type") == "code"
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("it is no notebook (JSON with cells)") from None
    lines: list[str] = []
    written: list[str] = []
    origin: list[tuple[int, int]] = []
    for number, source in sources:
        start = source.lstrip()
        other = start.startswith("%%") and not start.startswith(_STILL_PYTHON)
        own = source.split("\n")
        plain = [_plain(line) for line in own]
        if other or not _is_python("\n".join(plain)):
            plain = [""] * len(plain)
        lines += plain
        written += own
        origin += [(number, at) for at in range(1, len(plain) + 1)]
    return Program("\n".join(lines) + "\n", tuple(origin), tuple(written))


def _joined(source: Any) -> str:
    return source if isinstance(source, str) else "".join(str(each) for each in source)


def _is_python(source: str) -> bool:
    """Whether a cell can be read; one that cannot is left blank, and the others still tell."""
    try:
        with muted():
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _plain(line: str) -> str:
    """A line of a cell as Python; magics and shell commands become `pass` at their indent."""
    bare = line.lstrip()
    if bare.startswith(("%", "!", "?")) or (bare.endswith("?") and re.fullmatch(r"[\w.]+\??\?", bare)):
        return line[: len(line) - len(bare)] + "pass"
    return _TAKEN.sub(r"\1None", line)


# --- the notebook that is run, and any other that a Case names ---

_HELD: dict[str, Program] = {}
_SHOWN: dict[str, str] = {}


def hold(file: str, data: bytes, shown: str) -> Program:
    """Keep the text of a notebook as it is when it begins to run, and the name by which it is told.

    Raises:
        ValueError: it is no notebook.
    """
    _SHOWN[file] = shown
    _HELD[file] = held = program(data)
    return held


def program_of(file: str) -> Program | None:
    """The program of a notebook: the text held, else what the file holds; None where neither is there."""
    if file not in _HELD:
        try:
            return program(Path(file).read_bytes())
        except (OSError, ValueError):
            return None
    return _HELD[file]


def typed_text(file: str) -> str:
    """The text of what was typed into a session, which the interpreter keeps; "" for any other name."""
    kept = linecache.cache.get(file)
    # Of a file it keeps the time of the last change as well.
    return "".join(kept[2]) if kept is not None and len(kept) > 2 and kept[1] is None else ""


def shown_name(file: str) -> str | None:
    """The name by which a notebook that is run or a cell of this session is told, None for any other file."""
    return _SHOWN.get(file) or cell_name(file)


def cell_at(file: str, line: int) -> tuple[int | None, int]:
    """The cell and the line in it; (None, line) for a file that is no notebook."""
    held = program_of(file) if is_notebook(file) else None
    if held is None or not 1 <= line <= len(held.cells):
        return None, line
    return held.cells[line - 1]


def spot(file: str, line: int, cell: int | None) -> str:
    """A place as it is told: train.py:12, and train.ipynb:cell 3:2."""
    return f"{file}:{line}" if cell is None else f"{file}:cell {cell}:{line}"


def diff_by_cell(file: str, name: str, before: str, after: str) -> str:
    """What changes in each cell, as a unified diff of the cell as it is written, "" without the notebook.

    Args:
        file: the notebook.
        name: how it is told.
        before: its program text.
        after: the same with a change made.
    """
    held = program_of(file)
    if held is None:
        return ""
    old: dict[int, list[str]] = {cell: [] for cell in held.first_lines}
    for (cell, _), line in zip(held.cells, held.written, strict=True):
        old[cell].append(line)
    new: dict[int, list[str]] = {cell: [] for cell in old}
    for cell, line in _allotted(held, before.split("\n")[:-1], after.split("\n")[:-1]):
        new[cell].append(line)
    told: list[str] = []
    for cell, lines in old.items():
        at = f"{name} (cell {cell})"
        told += difflib.unified_diff(lines, new[cell], f"a/{at}", f"b/{at}", lineterm="")
    return "".join(f"{line}\n" for line in told)


def _allotted(held: Program, before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The changed program's lines with their cells; what comes between two cells begins the second."""
    last = len(held.cells) - 1
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            yield from ((held.cells[at][0], held.written[at]) for at in range(start, end))
            continue
        for step, line in enumerate(after[new_start:new_end]):
            at = start if kind == "insert" else min(start + step, end - 1)
            yield held.cells[min(at, last)][0], line
