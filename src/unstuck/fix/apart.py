"""Fits that share one compile call: a change for one of them that the others do not need stands apart.

Each fit that needs another compile than the one before it gets its own, right before it. Where that cannot be
written, it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import libcst as cst

from unstuck.case.schema import RunRecord, Where
from unstuck.evidence.cells import spot
from unstuck.evidence.source import Source, Unplaced
from unstuck.fix.choice import Choice
from unstuck.fix.compose import Composed
from unstuck.remedies.editing.diff import shown
from unstuck.remedies.editing.edits import Edit, apply

#: What changes how a compiled model trains; other metrics only show something else.
_TRAINS_OTHERWISE = frozenset({"set-loss", "set-learning-rate", "schedule-learning-rate", "clip-gradients"})

#: A training that learns with the compile as it is.
_LEARNS = frozenset({"healthy", "overfitting"})


@dataclass(frozen=True)
class _Fit:
    """A fit by its place. `changed` says whether it needs the change."""

    where: Where
    changed: bool
    learns: bool = False


def apart(composed: Composed, run: RunRecord, runs: Sequence[RunRecord]) -> tuple[Composed, list[str]]:
    """The changes with those of a shared compile where only this fit meets them, and what to say of that."""
    fits = _sharing(composed.taken, run, runs)
    others = [fit for fit in fits if not fit.changed]
    if not others or run.fit is None or run.compiled is None:
        return composed, []
    serves = (
        f"{_named(run.compiled)} serves the fit at {' and '.join(_named(fit.where) for fit in others)}, too"
    )
    learns = ", which learns with it as it is" if len(others) == 1 and others[0].learns else ""
    lines = [
        int(change.at["line"])
        for choice in composed.taken
        for change in choice.remedy.changes
        if change.at and change.remedy in _TRAINS_OTHERWISE
    ]
    files = [
        (
            before,
            _moved(before, after, run.compiled, fits, lines) if _is_file(run.compiled, before) else after,
        )
        for before, after in composed.files
    ]
    moved = [(before, after) for before, after in files if after is not None]
    if len(moved) < len(files) or not any(_is_file(run.compiled, before) for before, _ in files):
        return composed, [
            f"The compile at {serves}{learns}: give the fit at {_named(run.fit)} a compile of its own "
            "with this change, and leave that one."
        ]
    said = f"The compile at {serves}{learns}: with this change each has its own."
    return replace(composed, files=tuple(moved)), [said]


def serves_others(run: RunRecord, runs: Sequence[RunRecord]) -> bool:
    """Whether other fits have the same compile call."""
    return run.compiled is not None and any(
        other.compiled == run.compiled and other.fit != run.fit for other in runs
    )


def _sharing(taken: Sequence[Choice], run: RunRecord, runs: Sequence[RunRecord]) -> list[_Fit]:
    """The fits of one compile, in the order of the text, where the change is not for all of them."""
    steps = [change for choice in taken for change in choice.remedy.changes]
    trains = {change.remedy for change in steps} & _TRAINS_OTHERWISE
    if not trains or run.fit is None or run.compiled is None:
        return []
    causes = {choice.cause.rule for choice in taken}
    fits = {run.fit: _Fit(run.fit, changed=True)}
    for other in runs:
        if other.fit is None or other.compiled != run.compiled or other.fit in fits:
            continue
        needs = any(cause.rule in causes for cause in other.causes)
        learns = other.status in _LEARNS
        if needs or learns or "set-loss" in trains:
            fits[other.fit] = _Fit(other.fit, changed=needs, learns=learns)
    return sorted(fits.values(), key=lambda fit: (fit.where.file, fit.where.cell or 0, fit.where.line))


def _moved(
    before: Source, after: Source, compiled: Where, fits: Sequence[_Fit], lines: Sequence[int]
) -> Source | None:
    """The changed file with a compile for each fit that needs another one; None where none fits in."""
    try:
        old, new = _compile_calls(before, after, compiled)
        texts = {False: before.code(old), True: after.code(new)}
        first, last = (before.position(offset)[0] for offset in before.span(old))
        if texts[False] == texts[True] or not all(first <= line <= last for line in lines):
            return None  # what changes stands elsewhere, such as an optimizer with a name
        edits, present = [], fits[0].changed
        if not present:
            edits.append(Edit(*after.span(new), texts[False]))
        for fit in fits:
            if fit.changed != present:
                start = _start(before, after, old, new, fit.where)
                column = after.position(start)[1]
                indent = after.data[start - column : start].decode()
                newline = after.newline
                edits.append(Edit(start, start, f"{texts[fit.changed]}{newline}{indent}"))
                present = fit.changed
        return apply(after, edits)
    except Unplaced:
        return None


def _is_file(where: Where, source: Source) -> bool:
    return where.cell is None and where.file == source.file


def _compile_calls(before: Source, after: Source, compiled: Where) -> tuple[cst.Call, cst.Call]:
    """The compile call as it was and as it is now.

    Raises:
        Unplaced: it is not the only one of its line.
    """
    calls = before.calls_of("compile")
    found = [at for at, call in enumerate(calls) if before.position(before.span(call)[0])[0] == compiled.line]
    now = after.calls_of("compile")
    if len(found) != 1 or len(now) != len(calls):
        raise Unplaced("the compile call is not found")
    return calls[found[0]], now[found[0]]


def _start(before: Source, after: Source, old: cst.Call, new: cst.Call, fit: Where) -> int:
    """Where the statement of a fit starts that stands in the same block as the compile.

    Raises:
        Unplaced: it does not, so that names may mean something else there, or it is run again and again.
    """
    calls = before.calls_of("fit")
    found = [at for at, call in enumerate(calls) if before.position(before.span(call)[0])[0] == fit.line]
    now = after.calls_of("fit")
    if len(found) != 1 or len(now) != len(calls):
        raise Unplaced("the fit is not found")
    call = now[found[0]]
    statement, compiles = _statement(after, call), _statement(after, new)
    if (
        not _runs_once(after, statement, after.parent(compiles))
        or _receiver(after, call) != _receiver(before, old)
        or not _receiver(after, call)
    ):
        raise Unplaced("the fit stands elsewhere")
    start = after.span(statement)[0]
    if start <= after.span(compiles)[1] or _is_rebound(after, new, start):
        raise Unplaced("names mean something else there")
    return start


def _runs_once(source: Source, statement: cst.CSTNode, block: cst.CSTNode) -> bool:
    """Whether a statement is run whenever the block is, once; in a `try` it is tried once."""
    inner = statement
    for around in source.parents(statement):
        if around is block:
            return True
        tried = isinstance(around, cst.Try) and inner is around.body
        if not tried and not isinstance(around, (cst.IndentedBlock, cst.With)):
            return False
        inner = around
    return False


def _statement(source: Source, node: cst.CSTNode) -> cst.CSTNode:
    """The line that a call stands in."""
    return next(
        (around for around in source.parents(node) if isinstance(around, cst.SimpleStatementLine)),
        source.module,
    )


def _receiver(source: Source, call: cst.Call) -> str:
    """The model, as it is written before `.fit` or `.compile`."""
    return source.code(call.func.value) if isinstance(call.func, cst.Attribute) else ""


def _is_rebound(source: Source, call: cst.Call, upto: int) -> bool:
    """Whether a name in the call gets another value between it and an offset."""
    start, end = source.span(call)
    return any(
        source.uses(name, reads=True, within=(start, end))
        and source.uses(name, reads=False, within=(end, upto))
        for name in source.names()
    )


def _named(where: Where) -> str:
    return spot(shown(where.file), where.line, where.cell)
