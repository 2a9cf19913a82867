"""A line of the script that moves an array by a whole number: what undoes it is to take it out."""

from __future__ import annotations

import libcst as cst

from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows


def shifted_by(rows: FitRows, name: str, by: int) -> Edit | None:
    """The edit that takes out `name = name + by`, the last line before fit that binds the array.

    None where the last such line is another one.

    Raises:
        Unplaced: the array is read between that line and fit, so that more depends on it.
    """
    source, fit = rows.source, rows.statement
    start = source.span(fit)[0]
    binds = source.uses(name, reads=False, within=(0, start))
    last = max(binds, key=lambda bind: source.span(bind)[0], default=None)
    line = _line(source, last) if last is not None else None
    if line is None or source.parent(line) is not source.parent(fit) or _shift(line.body[0], name) != by:
        return None
    begin, end = source.span(line)
    first, beyond = source.position(begin)[0], source.position(end)[0] + 1
    if source.uses(name, reads=True, within=(end, start)):
        raise Unplaced(
            f"line {first} moves them the other way, and more than fit reads them; take it out there"
        )
    return Edit(source.offset(first), source.offset(beyond), "")


def _line(source: Source, name: cst.Name) -> cst.SimpleStatementLine | None:
    """The line that binds a name, where it holds one statement alone."""
    around = (each for each in source.parents(name) if isinstance(each, cst.SimpleStatementLine))
    line = next(around, None)
    return line if line is not None and len(line.body) == 1 else None


def _shift(statement: cst.BaseSmallStatement, name: str) -> int | None:
    """By what whole number a statement moves a variable, None where it does something else."""
    if isinstance(statement, cst.AugAssign):
        sign = {cst.AddAssign: 1, cst.SubtractAssign: -1}.get(type(statement.operator))
        number = statement.value if _is(statement.target, name) else None
    elif isinstance(statement, cst.Assign) and isinstance(statement.value, cst.BinaryOperation):
        told = statement.value
        ours = len(statement.targets) == 1 and _is(statement.targets[0].target, name) and _is(told.left, name)
        sign = {cst.Add: 1, cst.Subtract: -1}.get(type(told.operator))
        number = told.right if ours else None
    else:
        return None
    return sign * int(number.evaluated_value) if sign and isinstance(number, cst.Integer) else None


def _is(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name
