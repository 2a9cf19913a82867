"""Where in the user's code something stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the user's code something stands. Lines count from 1, columns from 0.

    In a notebook lines count over all its code cells, one after the other (`unstuck.evidence.cells`).

    `end_line`, `column` and `end_column` bound the expression when they are known, so that an edit
    can find exactly that call. `shared` is true when the same expression built several objects (a
    loop, a helper function), so that editing it would change all of them.
    """

    file: str
    line: int
    end_line: int | None = None
    column: int | None = None
    end_column: int | None = None
    shared: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"
