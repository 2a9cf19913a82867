"""Columns that a table took from another one row by row, where both name the rows that belong together."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.handed import last_line

#: Tables and rows that are gone through, and seconds of work that it may take.
_MOST_TABLES, _MOST_ROWS, _SECONDS = 12, 200_000, 1.0

#: Fewer rows are no data set.
_FEWEST = 60

#: A column was taken by row number where it is the other table's, row by row; and beside the wrong keys where
#: no more than half of its rows have theirs.
_SAME, _RIGHT = 0.99, 0.5


@dataclass(frozen=True)
class Misjoined:
    """A column of the table `into` that stands in the table `source` in the rows of the same number.

    `keys` are columns of both that tell the rows of `source` apart; `agree` of `rows` have the same in both
    tables. `mended` is `into`, a pandas table, with the column of the rows that do.
    """

    column: str
    into: str
    source: str
    keys: tuple[str, ...]
    agree: int
    rows: int
    mended: Any

    @property
    def says(self) -> str:
        """What was compared, with its figures."""
        keys = " and ".join(self.keys)
        return (
            f"Column {self.column} of {self.into} is that of {self.source} in the rows of the same number, "
            f"and {self.agree:,} of {self.rows:,} rows have the same {keys} in both."
        )


def misjoined(names: Mapping[str, Any]) -> Iterator[Misjoined]:
    """Every such column among the pandas tables that a program holds by name.

    Of two tables that hold one column in other rows each may be the one that took it: both are given.
    """
    deadline = time.process_time() + _SECONDS
    tables = {name: value for name, value in names.items() if _is_table(value)}
    held = list(tables.items())[:_MOST_TABLES]
    for into, table in held:
        for source, other in held:
            if other is not table and time.process_time() < deadline:
                yield from _between(into, table, source, other)


def _is_table(value: Any) -> bool:
    """Whether it is a pandas table whose columns and rows have one name each."""
    if type(value).__module__.partition(".")[0] != "pandas" or not hasattr(value, "select_dtypes"):
        return False
    if not _FEWEST <= len(value) <= _MOST_ROWS:
        return False
    return bool(value.columns.is_unique and value.index.is_unique and value.columns.nlevels == 1)


def _between(into: str, table: Any, source: str, other: Any) -> Iterator[Misjoined]:
    """The columns of one table that came from rows of another one with other keys."""
    shared = [column for column in table.columns if column in other.columns]
    numbers = set(table.select_dtypes("number").columns) & set(other.select_dtypes("number").columns)
    for column in shared:
        keys = [key for key in shared if key != column]
        if column not in numbers or not keys or not table.index.isin(other.index).all():
            continue
        beside = other.loc[table.index]
        if not np.mean(_equal(table[column], beside[column])) >= _SAME or table[column].nunique() < _FEWEST:
            continue
        if other.duplicated(keys).any() or table.duplicated(keys).any():
            continue
        right = np.all([_equal(table[key], beside[key]) for key in keys], axis=0)
        if right.mean() > _RIGHT:
            continue
        mended = table.drop(columns=[column]).merge(other[[*keys, column]], on=keys, how="left")
        if len(mended) == len(table) and mended[column].notna().all():
            named = tuple(str(key) for key in keys)
            yield Misjoined(str(column), into, source, named, int(right.sum()), len(table), mended)


def _equal(one: Any, other: Any) -> np.ndarray:
    return np.asarray(one.to_numpy() == other.to_numpy(), bool)


def joined_at(file: str, column: str, before: int | None) -> int | None:
    """The last line before the fit that binds a column of this name; None where none is written so."""

    def binds(statement: ast.stmt) -> bool:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        return any(_is_column(target, column) for target in targets)

    return last_line(file, before, binds)


def _is_column(target: ast.expr, column: str) -> bool:
    key = target.slice if isinstance(target, ast.Subscript) else None
    if isinstance(key, ast.Tuple) and key.elts:  # table.loc[rows, column]
        key = key.elts[-1]
    return isinstance(key, ast.Constant) and key.value == column
