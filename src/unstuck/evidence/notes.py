"""What an examination could not have, and why: a stage that fails leaves the others going."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from unstuck.evidence.passes import ModelRaisesError, short

Found = TypeVar("Found")


@dataclass
class Notes:
    """What could not be had, and why."""

    absent: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)

    def lacks(self, reason: str, *records: str) -> dict[str, Any]:
        """Say why records are absent; the first reason stands. Returns the nothing that was found."""
        for record in records:
            self.absent.setdefault(record, reason)
        return {}

    def short_of_time(self, seconds: float, record: str) -> None:
        """A record is absent as it does not fit into the seconds of the examination any more."""
        self.lacks(f"it would take longer than what is left of the examination's {seconds:g} s", record)

    def failed(self, stage: str, error: Exception, *records: str) -> None:
        """An error inside: the records are absent for it."""
        self.errors.append((stage, short(error)))
        self.lacks(f"{stage} failed ({short(error)})", *records)

    def attempt(self, stage: str, function: Callable[[], Found], *records: str) -> Found | None:
        """What the function returns; None, with a note, when it raises."""
        try:
            return function()
        except ModelRaisesError as refused:  # the user's model, not a fault of unstuck
            self.lacks(f"the model raises an error on the rows that were looked at ({refused})", *records)
            return None
        except Exception as error:  # a stage that fails leaves the others going
            self.failed(stage, error, *records)
            return None
