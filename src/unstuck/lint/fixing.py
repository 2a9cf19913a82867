"""Writes the safe fixes of one file, as one edit of all that go together."""

from __future__ import annotations

from collections.abc import Sequence

from unstuck.case.recording import recorded
from unstuck.case.schema import CauseRecord
from unstuck.evidence.source import SourceReader, digest
from unstuck.fix.choice import Choice
from unstuck.fix.compose import compose
from unstuck.fix.files import UneditableError, edited, replace
from unstuck.lint.check import Found
from unstuck.lint.record import Fixed


def fix(file: str, found: Sequence[Found], *, unsafe: bool) -> Fixed:
    """Write the fixes of a file's findings, in one step; the file keeps its encoding and mode.

    Args:
        file: the file, unchanged since it was read.
        found: its findings.
        unsafe: whether to write fixes that depend on what the program means as well.
    """
    wanted = [each for each in found if each.record.fix is not None and each.record.fix.diff is not None]
    wanted = [each for each in wanted if unsafe or (each.record.fix is not None and each.record.fix.safe)]
    if not wanted:
        return Fixed(file)
    try:
        before = digest(file)
        sources = SourceReader(main=file)
        composed = compose([_choice(each, sources) for each in wanted], sources)
        changes = [edited(old, new, {file: before}) for old, new in composed.files]
        for change in changes:
            replace(change.path, change.after)
    except (UneditableError, OSError) as error:
        return Fixed(file, refused=str(error))
    rules = tuple(choice.cause.rule for choice in composed.taken)
    return Fixed(file, rules, "".join(change.diff for change in changes))


def _choice(found: Found, sources: SourceReader) -> Choice:
    assert found.judged is not None  # fixes are written by the process that read the file
    cause = CauseRecord(**recorded(found.judged.finding, sources))
    return Choice(cause, cause.remedies[0])
