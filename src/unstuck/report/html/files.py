"""Where the page goes: never over a file that unstuck did not write."""

from __future__ import annotations

from pathlib import Path

from unstuck.case.schema import Case
from unstuck.case.writing import write_whole
from unstuck.report.html.page import GENERATOR, render
from unstuck.report.naming import TakenError, first_free
from unstuck.report.text import path

#: The name of a run's page unless another one is given.
PAGE = "unstuck-report.html"

#: The mark stands in the head of a page, within its first characters.
_HEAD = 1000


class PageError(Exception):
    """The page could not be written. The text says why, and what to do."""


def write_page(case: Case, wanted: Path) -> tuple[Path, str]:
    """Write the page of a Case.

    Returns:
        The file, and a sentence where it is not the one that was wanted, else "".

    Raises:
        PageError: it cannot be drawn, or the folder cannot be written to.
    """
    try:
        file = first_free(wanted, is_ours)
    except TakenError as error:
        raise PageError(str(error)) from None
    try:
        page = render(case)
    except Exception as error:  # a defect of ours costs the page, never the diagnosis
        raise PageError(
            f"The page could not be drawn, a defect of unstuck ({type(error).__name__}: {error})."
        ) from None
    try:
        write_whole(file, page.encode("utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise PageError(
            f"The page {file} could not be written ({reason}). "
            "--html FILE puts it elsewhere, --no-html leaves it out."
        ) from None
    if file == wanted:
        return file, ""
    return file, f"{wanted.name} is there and was not written by unstuck, so it was left alone."


def show_page(case: Case, case_file: str | None, html: str | None) -> str:
    """Write the page of a saved Case and say where it is.

    Args:
        case: what was saved.
        case_file: the file that it was saved in, where there is one.
        html: the page's file; without one it stands beside the Case and has its name, or is that of a run.

    Raises:
        PageError: the page cannot be written.
    """
    beside = Path(case_file).with_suffix(".html") if case_file and Path(case_file).is_file() else Path(PAGE)
    file, why = write_page(case, Path(html) if html else beside)
    return f"With pictures: {path(str(file.absolute()))}{f' ({why})' if why else ''}"


def is_ours(file: Path) -> bool:
    """Whether a file is a page that unstuck wrote."""
    try:
        with file.open("rb") as held:
            return GENERATOR.encode() in held.read(_HEAD)
    except OSError:
        return False
