"""Run files with edited text in place of what they hold, under their own names."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from types import CodeType


def run_instead(edited: Mapping[str, bytes]) -> dict[str, bytes]:
    """Let imports compile, and tracebacks quote, this text for these files; for the rest of the process.

    Returns:
        The text by the file's real path, for the file that is run itself.
    """
    real = {os.path.realpath(file): data for file, data in edited.items()}
    for file, data in edited.items():
        _show_in_tracebacks(file, data)
    # The interpreter's own printing of errors would quote the lines of the file instead.
    sys.excepthook = traceback.print_exception
    _import_instead(real)
    return real


def _import_instead(edited: dict[str, bytes]) -> None:
    """Make imports of these files compile the edited text, whatever is cached of the old one."""
    original = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        data = edited.get(os.path.realpath(path))
        if data is None:
            return original(self, fullname)
        code: CodeType = self.source_to_code(data, path)
        return code

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def _show_in_tracebacks(file: str, data: bytes) -> None:
    """Let tracebacks quote the lines that run. Without a time of change the entry is never renewed."""
    lines = data.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[file] = (len(data), None, lines, file)
