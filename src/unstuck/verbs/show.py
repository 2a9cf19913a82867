"""The verb `show`: a saved Case again, in the terminal or as a page."""

from __future__ import annotations

import sys

from unstuck.case.schema import Case


def show(case: str, page: str | None, *, html: bool) -> None:
    """Print the report of a saved Case, or write its page and print the page's name.

    Args:
        case: the file.
        page: the file of the page, None for one beside the Case.
        html: whether the page is wanted.

    Raises:
        CaseError: the file is no readable Case.
        PageError: the page cannot be written.
    """
    if html:
        from unstuck.report.html.files import show_page

        sys.stdout.write(f"{show_page(case, page)}\n")
    else:
        from unstuck.report.terminal import tell

        tell(Case.load(case))
