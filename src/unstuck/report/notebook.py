"""A diagnosis where a notebook shows it: rich beside a cell, plain text elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Collection

from unstuck.case.schema import Case
from unstuck.report.html.fragment import fragment
from unstuck.report.terminal import render
from unstuck.watch.prompts import shell


def is_rich() -> bool:
    """Whether what is displayed here may be HTML: in a notebook, not in IPython's terminal."""
    running = shell()
    formatter = getattr(running, "display_formatter", None)
    return formatter is not None and "text/html" in formatter.active_types


def mimebundle(
    case: Case, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, str]:
    """The diagnosis by media type, as Jupyter asks for it.

    Args:
        case: what is shown.
        include: only these types; all that the place can show where it is None.
        exclude: none of these.
    """
    wanted = set(include) if include else {"text/plain", "text/html"}
    wanted -= set(exclude or ())
    if not include and shell() is not None and not is_rich():
        wanted.discard("text/html")  # drawn for nobody
    shown = {}
    if "text/plain" in wanted:
        shown["text/plain"] = render(case)
    if "text/html" in wanted:
        try:
            shown["text/html"] = fragment(case)
        except Exception as error:  # a defect of ours costs the pictures, never the diagnosis
            sys.stderr.write(f"unstuck: the diagnosis could not be drawn ({type(error).__name__}: {error})\n")
    return shown
