"""advise."""

from __future__ import annotations

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.remedy import Values, remedy


@remedy("advise", where="the program", says="{text}")
def advise(source: Source, at: Place | None, values: Values) -> list[Edit]:  # noqa: ARG001
    """Advice in words, where no line of the program can be changed for the user.

    What it changes: nothing.
    When it helps: the cure depends on what the user means or on data that only they have.
    """
    return []
