"""The page of a rule: its title, and what would decide; also read without importing the rule.

Rules bring numpy and all records along, which takes longer than a log takes to read.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

_DECIDES = "What decides: "

#: Folders whose files have the name of a rule and are none of their own.
_TWINS = ("source", "figures", "symptoms")


def title_of(page: str) -> str:
    """The first line of a page; "" where there is none."""
    return page.partition("\n")[0]


def decides_of(page: str) -> str:
    """The one observation that tells this cause from others, as the page says it; "" where it does not."""
    paragraphs = (" ".join(each.split()) for each in page.split("\n\n"))
    return next((each.removeprefix(_DECIDES) for each in paragraphs if each.startswith(_DECIDES)), "")


def page_of(cause: str) -> str:
    """The page of one of our causes, read from its file; "" for a name that none has."""
    rule = _written(cause)
    return (ast.get_docstring(rule) or "") if rule is not None else ""


def impact_of(cause: str) -> str:
    """What one of our causes does to a training ("blocks", "harms", "misleads"), read from its file."""
    rule = _written(cause)
    given = [each for call in rule.decorator_list for each in ast.walk(call)] if rule is not None else []
    named = (each.value for each in given if isinstance(each, ast.keyword) and each.arg == "impact")
    return next((str(value.value) for value in named if isinstance(value, ast.Constant)), "")


@cache
def _written(cause: str) -> ast.FunctionDef | None:
    """The function of a cause, parsed."""
    stem = cause.replace("-", "_")
    for file in sorted(Path(__file__).parent.glob(f"*/{stem}.py")):
        if file.parent.name not in _TWINS:
            body = ast.parse(file.read_text(encoding="utf-8")).body
            return next(
                (each for each in body if isinstance(each, ast.FunctionDef) and each.name == stem), None
            )
    return None
