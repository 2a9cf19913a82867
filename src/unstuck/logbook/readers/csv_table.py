"""Tables with a row an epoch: CSVLogger, pandas, spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from types import MappingProxyType

from unstuck.evidence.printed.figure import of_table
from unstuck.evidence.printed.names import COUNTERS, canonical, is_score
from unstuck.evidence.printed.run import LoggedRun
from unstuck.logbook.reader import Given, reader

_SEPARATORS = (",", ";", "\t", "|", " ")

#: So many lines may stand above the header (comments, a shell prompt).
_HEADER_WITHIN = 20

#: A table wider than this is no history of a training.
_WIDEST = 1000

#: Cells longer than this hold no number.
_LONGEST = 64

#: A longer line is no header.
_LONGEST_LINE = 100_000


@reader("CSV table", like="epoch,accuracy,loss,val_accuracy,val_loss", rank=40)
def csv_table(given: Given) -> list[LoggedRun]:
    """Read a table whose header names a loss or an accuracy, one row an epoch, any separator.

    A header that comes again, or a count of epochs that goes back, begins another training: that is
    how CSVLogger appends.
    """
    found = _header(given.text.split("\n", _HEADER_WITHIN + 1)[: _HEADER_WITHIN + 1])
    if found is None:
        return []
    at, separator = found
    lines = given.text.split("\n")
    rows = _rows(lines[at:], separator)
    header = [_name(cell) for cell in rows[0]]
    tables: list[list[tuple[int, list[float | None]]]] = [[]]
    before = -math.inf
    for number, row in enumerate(rows[1:], start=at + 2):
        values = [_number(cell, separator) for cell in row]
        if all(value is None for value in values):
            if [_name(cell) for cell in row] == header:
                tables.append([])
                before = -math.inf
            continue
        if len(row) != len(header):
            continue
        epoch = values[header.index("epoch")] if "epoch" in header else None
        if epoch is not None:
            if epoch <= before:
                tables.append([])
            before = epoch
        tables[-1].append((number, values))
    return [_run(given.name, header, table) for table in tables if table]


def _header(lines: list[str]) -> tuple[int, str] | None:
    """The line of the header and the separator, None where there is none with numbers below it."""
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        if at + 1 >= len(lines):
            return None
        if len(line) > _LONGEST_LINE or len(lines[at + 1]) > _LONGEST_LINE:
            continue
        for separator in _SEPARATORS:
            names = [_name(cell) for cell in _cells(line, separator)]
            if not 1 < len(names) <= _WIDEST or not any(is_score(name) for name in names):
                continue
            below = _cells(lines[at + 1], separator)
            numbers = sum(_number(cell, separator) is not None for cell in below)
            if len(below) == len(names) and numbers * 2 >= len(names):
                return at, separator
    return None


def _cells(line: str, separator: str) -> list[str]:
    """The cells of one line. Runs of blanks separate once."""
    line = line.strip("\r\n")
    if separator == " ":
        return line.split()
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def _rows(lines: list[str], separator: str) -> list[list[str]]:
    """All rows below and with the header."""
    if separator == " ":
        return [line.split() for line in lines if line.strip()]
    try:
        return list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    except csv.Error:
        return [_cells(line, separator) for line in lines]


def _name(cell: str) -> str:
    """A column's name; pandas leaves that of the epochs empty."""
    name = canonical(cell.lstrip("\ufeff"))
    return "epoch" if name.lower() in ("epoch", "epochs", "", "Unnamed: 0", "unnamed: 0") else name


def _number(cell: str, separator: str) -> float | None:
    """A cell as a number, None where it is none. Where commas do not separate they may be decimal."""
    cell = cell.strip()
    if not cell or len(cell) > _LONGEST:
        return None
    if separator != "," and "," in cell:
        cell = cell.replace(",", ".")
    try:
        return float(cell)
    except ValueError:
        return None


def _run(source: str, header: list[str], table: list[tuple[int, list[float | None]]]) -> LoggedRun:
    """One training of the table."""
    names = [(at, name) for at, name in enumerate(header) if name.lower() not in COUNTERS]
    figure = of_table(values[at] for _, values in table for at, _ in names)
    series = {name: tuple(figure(values[at]) for _, values in table) for at, name in names}
    counted = [values[header.index("epoch")] for _, values in table] if "epoch" in header else []
    # CSVLogger counts from 0, others from 1.
    first = next((epoch for epoch in counted if epoch is not None and math.isfinite(epoch)), 0.0)
    start = int(first) + 1 if first != 1.0 and first < 1e9 else 1
    return LoggedRun(
        source=source,
        reader="CSV table",
        lines=(table[0][0], table[-1][0]),
        series=MappingProxyType(series),
        epochs=tuple(range(start, start + len(table))),
        cut=(f"The table begins in epoch {start}.",) if start > 1 else (),
    )
