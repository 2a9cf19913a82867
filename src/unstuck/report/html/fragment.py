"""The fragment of a Case: the page's parts as they stand beside a notebook's cell."""

from __future__ import annotations

import uuid

from unstuck.case.schema import Case
from unstuck.report.html.page import content, template
from unstuck.report.html.style import ROOT, fragment_style

#: A class of headings that the table of contents of JupyterLab leaves out: that one is the user's.
_SKIPPED = "jp-toc-ignore"


def fragment(case: Case, key: str = "") -> str:
    """The diagnosis as HTML to be set into a notebook: without a script, with ids of its own.

    Args:
        case: what is shown.
        key: the ids of its pictures begin with it: a letter, then letters, digits and dashes, and no two
            fragments of one document the same. Without one it is drawn by chance.
    """
    names = key or f"unstuck-{uuid.uuid4().hex[:12]}"
    shown: str = template("fragment.html.j2").render(
        content(case, names), style=fragment_style(), root=ROOT, folded=True, skipped=_SKIPPED, role="group"
    )
    return shown
