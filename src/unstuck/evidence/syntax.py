"""The syntax tree of the user's source, parsed once as it stands. Nothing of it is executed."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from unstuck.evidence.beside import MOST_MODULES
from unstuck.evidence.cells import is_notebook, program_of, typed_text
from unstuck.watch.muting import muted

#: Files of which text and tree are kept: those of one program, and the notebook or script itself.
_KEPT = MOST_MODULES + 4

#: Why a text has no tree.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def parsed(file: str | Path) -> ast.Module | None:
    """The tree of a file, None where it cannot be read or is no Python. Nobody changes it.

    Of a notebook it is that of its code cells as one program; of what was typed into a session, or is run in
    an edited version, that of the text which the interpreter keeps.
    """
    name = str(file)
    program = program_of(name) if is_notebook(name) else None
    text = (program.text if program is not None else typed_text(name)) or text_in(name)
    if text is None:
        return None
    try:
        return tree_of(text)
    except UNREADABLE:
        return None


@lru_cache(maxsize=_KEPT)
def tree_of(text: str) -> ast.Module:
    """The tree of a text, the same for the same text. Nobody changes it.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python, or nested too deeply.
    """
    return parse(text)


def parse(text: str) -> ast.Module:
    """The tree of a text that is asked for once; raises as `tree_of`."""
    with muted():  # a "\d" of the user's is not ours to speak of
        return ast.parse(text)


def text_in(file: str) -> str | None:
    """What a file holds, without a byte order mark, None where it cannot be read or decoded."""
    try:
        stat = Path(file).stat()
        return _text_in(file, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError, SyntaxError, LookupError):
        return None


@lru_cache(maxsize=_KEPT)
def _text_in(file: str, modified: int, size: int) -> str:  # noqa: ARG001 - the cache's key
    return decoded(Path(file).read_bytes())[0].removeprefix("\ufeff")


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a source file, and its encoding.

    Raises:
        SyntaxError, UnicodeDecodeError, LookupError: its encoding is not known, or it is in another one.
    """
    encoding = tokenize.detect_encoding(iter(data.splitlines(keepends=True)).__next__)[0]
    return data.decode("utf-8" if encoding == "utf-8-sig" else encoding), encoding


def below(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it in the order of ast.walk, in half its time: what names hold is left out.

    By its fields alone: Python has one object for all contexts and one for each operator, and libraries that
    follow tracebacks hang the trees of other files on them, with ways back up.
    """
    waiting = [node]
    for each in waiting:
        yield each
        if isinstance(each, (ast.Name, ast.Constant)):
            continue
        for field in each._fields:
            held = getattr(each, field, None)
            if isinstance(held, list):
                waiting.extend([one for one in held if isinstance(one, ast.AST)])
            elif isinstance(held, ast.AST):
                waiting.append(held)
