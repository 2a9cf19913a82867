"""One object an epoch: JSON lines, a JSON list of objects, or Python dicts that a callback printed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from unstuck.evidence.printed.figure import of_table
from unstuck.evidence.printed.names import COUNTERS, canonical, is_score
from unstuck.evidence.printed.run import LoggedRun
from unstuck.logbook.literal import LONGEST, number_of, value_of
from unstuck.logbook.reader import Given, reader

#: A longer line is no record of one epoch.
_LONGEST_LINE = 100_000

_EPOCHS = ("epoch", "epochs", "Epoch")

#: Objects inside a record that hold the figures, and what they make of the names.
_PARTS = {
    "train": "",
    "training": "",
    "logs": "",
    "metrics": "",
    "val": "val_",
    "validation": "val_",
    "valid": "val_",
}

Record = tuple[int, float | None, dict[str, float | None]]


@reader("JSON lines", like='{"epoch": 1, "loss": 0.69, "accuracy": 0.51}', rank=30)
def json_lines(given: Given) -> list[LoggedRun]:
    """Read one object an epoch. A count of epochs that goes back begins another training.

    Records of single batches, which carry the same epoch, count as that epoch; the last one stands.
    """
    trainings: list[list[Record]] = []
    for record in _records(given):
        last = trainings[-1][-1] if trainings else None
        if last is None or (None not in (last[1], record[1]) and _restarts(last[1], record[1])):
            trainings.append([record])
        elif record[1] is not None and record[1] == last[1]:
            trainings[-1][-1] = (record[0], record[1], {**last[2], **record[2]})
        else:
            trainings[-1].append(record)
    return [_run(given.name, training) for training in trainings]


def _restarts(before: float | None, now: float | None) -> bool:
    return before is not None and now is not None and now < before


def _records(given: Given) -> Iterable[Record]:
    """Each object of figures with its line and its epoch."""
    if "{" not in given.text:
        return
    if len(given.text) <= LONGEST and given.text[:1000].lstrip("\ufeff \t\r\n").startswith("["):
        whole = value_of(given.text.strip("\ufeff \t\r\n"))
        things: Iterable[tuple[int, Any]] = enumerate(whole, start=1) if isinstance(whole, list) else ()
    else:
        things = (
            (number, value_of(line[line.index("{") : line.rindex("}") + 1]))
            for number, line in given.lines
            if "{" in line and line.rfind("}") > line.index("{") and len(line) <= _LONGEST_LINE
        )
    for number, thing in things:
        if isinstance(thing, Mapping):
            epoch = next((number_of(thing[name]) for name in _EPOCHS if name in thing), None)
            figures = _figures(thing)
            if any(is_score(name) for name in figures):
                yield number, epoch if epoch is None or math.isfinite(epoch) else None, figures


def _figures(thing: Mapping[Any, Any]) -> dict[str, float | None]:
    """The figures of one record, those of its parts included."""
    figures: dict[str, float | None] = {}
    for name, held in thing.items():
        if not isinstance(name, str):
            continue
        if isinstance(held, Mapping) and name.lower() in _PARTS:
            prefix = _PARTS[name.lower()]
            for inner, value in held.items():
                if isinstance(inner, str) and (number := number_of(value)) is not None:
                    spelled = canonical(inner)
                    figures[spelled if spelled.startswith("val_") else prefix + spelled] = number
        elif name.lower() not in COUNTERS and (number := number_of(held)) is not None:
            figures[canonical(name)] = number
    return figures


def _run(source: str, records: list[Record]) -> LoggedRun:
    names = dict.fromkeys(name for _, _, figures in records for name in figures)
    figure = of_table(value for _, _, figures in records for value in figures.values())
    series = {name: tuple(figure(figures.get(name)) for _, _, figures in records) for name in names}
    return LoggedRun(
        source=source,
        reader="JSON lines",
        lines=(records[0][0], records[-1][0]),
        series=MappingProxyType(series),
        epochs=tuple(range(1, len(records) + 1)),
    )
