"""A file's text with Python's own tree of it, and the way between lines and offsets.

Offsets are bytes of the UTF-8 text, which is what Python's own positions count.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Callable
from functools import cached_property

from unstuck.evidence.syntax import UNREADABLE, tree_of


class SourceText:
    """The text of a file, without a byte order mark. `data` is the same in UTF-8.

    `read` gives its tree: by default the one of all who ask for the same text.
    """

    def __init__(self, text: str, read: Callable[[str], ast.Module] = tree_of) -> None:
        self.text = text
        self.data = text.encode("utf-8", "surrogatepass")
        self._read_as = read

    @cached_property
    def tree(self) -> ast.Module:
        """Python's own tree of the text. Nobody changes it.

        Raises:
            SyntaxError, ValueError, RecursionError, MemoryError: it is no Python.
        """
        return self._read_as(self.text)

    @property
    def is_python(self) -> bool:
        """Whether Python could read the text, in a twentieth of the time of an editable tree."""
        try:
            return bool(self.text) and self.tree is not None
        except UNREADABLE:
            return False

    def statement_around(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the statement of the module begins and ends that these offsets stand in, None for none."""
        at = bisect.bisect_right(self._statements, (start, len(self.data))) - 1
        found = self._statements[at] if at >= 0 else None
        return found if found is not None and end <= found[1] else None

    @cached_property
    def _statements(self) -> list[tuple[int, int]]:
        """The offsets of the module's own statements, with their decorators."""
        found = []
        for each in self.tree.body:
            first = min([each, *getattr(each, "decorator_list", ())], key=lambda part: part.lineno)
            start = self.offset(first.lineno, 0 if first is not each else each.col_offset)
            found.append((start, self.offset(each.end_lineno or each.lineno, each.end_col_offset or 0)))
        return found

    @cached_property
    def newline(self) -> str:
        """How the first line ends, and with it those that are added."""
        found = re.search(r"\r\n|\n|\r", self.text)
        return found[0] if found is not None else "\n"

    @cached_property
    def _line_starts(self) -> list[int]:
        """The offset of each line's first byte; Python ends lines at LF, CR LF and CR."""
        return [0, *(end.end() for end in re.finditer(rb"\r\n|\n|\r", self.data))]

    def offset(self, line: int, column: int = 0) -> int:
        """The offset of a line (from 1) and byte column (from 0), clipped to the text."""
        if line < 1 or line > len(self._line_starts):
            return len(self.data)
        return min(self._line_starts[line - 1] + column, len(self.data))

    def position(self, offset: int) -> tuple[int, int]:
        """The line (from 1) and byte column (from 0) of an offset."""
        line = bisect.bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1]

    def line(self, number: int) -> str:
        """A line's text without the spaces around it, "" beyond the end."""
        if number < 1 or number > len(self._line_starts):
            return ""
        return (
            self.data[self.offset(number) : self.offset(number + 1)].decode("utf-8", "surrogatepass").strip()
        )
