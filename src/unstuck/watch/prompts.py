"""The IPython session that this code runs in, and the cells that were typed into it."""

from __future__ import annotations

import sys
from typing import Any


def shell() -> Any:
    """The running IPython shell, None where there is none. IPython is not imported for it."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None


def cell_name(file: str) -> str | None:
    """A cell of this session as its user sees it, "cell [3]", None for any other name of a file.

    IPython compiles cells under names of files that do not exist ("/tmp/ipykernel_1/123.py").
    """
    compiler: Any = getattr(shell(), "compile", None)
    told = compiler.format_code_name(file) if hasattr(compiler, "format_code_name") else None
    return f"cell {told[1].removeprefix('In')}" if told else None
