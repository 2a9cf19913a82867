"""TensorBoard event files, alone or as the `train` and `validation` folders of a log directory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType

from unstuck.evidence.printed.figure import Figure
from unstuck.evidence.printed.names import COUNTERS, canonical, is_score
from unstuck.evidence.printed.run import LoggedRun
from unstuck.logbook.reader import Given, reader
from unstuck.logbook.tfrecord import Scalar, is_event_file, scalars

#: The folder in which `keras.callbacks.TensorBoard` writes what it saw of the validation rows.
VALIDATION_FOLDERS = ("validation", "val", "valid", "eval", "test")

#: What `evaluate` writes after each epoch, by optimizer steps instead of epochs.
_BY_STEPS = re.compile(r"^evaluation_(.+)_vs_iterations$")

#: Tags of single batches and of what no training figure is.
_PASSED_OVER = re.compile(r"^(?:batch_|keras$|_hparams_|epoch_?(?:steps|time))")


@reader(
    "TensorBoard event file", like="events.out.tfevents.1700000000.host, or the folder that holds it", rank=10
)
def event_file(given: Given) -> list[LoggedRun]:
    """Read the scalars of one event file, new style (tensors) or old (simple values)."""
    if not is_event_file(given.data):
        return []
    return runs_of([given], given.name)


def runs_of(files: Iterable[Given], source: str) -> list[LoggedRun]:
    """The trainings that the event files of one log directory hold, read together.

    Files in a validation folder give the `val_` figures. Where a step comes a second time, another
    training was logged into the same directory.
    """
    epochs: dict[str, list[Scalar]] = {}
    steps: dict[str, list[Scalar]] = {}
    for given in files:
        prefix = "val_" if given.folder.lower() in VALIDATION_FOLDERS else ""
        for scalar in scalars(given.data):
            by_steps = _BY_STEPS.match(scalar.tag)
            if by_steps:
                steps.setdefault("val_" + canonical(by_steps[1]), []).append(scalar)
            elif not _PASSED_OVER.match(scalar.tag):
                name = canonical(scalar.tag.removeprefix("epoch_").rpartition("/")[2])
                name = name if name.startswith("val_") else prefix + name
                epochs.setdefault(name, []).append(scalar)
    if not any(name.startswith("val_") for name in epochs):
        epochs |= steps
    epochs = {name: held for name, held in epochs.items() if name.removeprefix("val_") not in COUNTERS}
    if not any(is_score(name) for name in epochs):
        return []
    parts = {name: _parts(held) for name, held in epochs.items()}
    count = max(len(held) for held in parts.values())
    return [
        _run(source, {name: held[at] for name, held in parts.items() if at < len(held)}, steps)
        for at in range(count)
    ]


def _parts(held: list[Scalar]) -> list[list[Scalar]]:
    """A name's scalars by training: a new one begins where the step goes back or comes again."""
    parts: list[list[Scalar]] = [[]]
    for scalar in held:
        if parts[-1] and scalar.step <= parts[-1][-1].step:
            parts.append([])
        parts[-1].append(scalar)
    return parts


def _run(source: str, series: dict[str, list[Scalar]], steps: dict[str, list[Scalar]]) -> LoggedRun:
    """One training. Figures by epoch are lined up by their step; those by iterations by their order."""
    marks = sorted({scalar.step for name, held in series.items() if name not in steps for scalar in held})
    if not marks:
        marks = list(range(max(len(held) for held in series.values())))
    table: dict[str, tuple[Figure | None, ...]] = {}
    for name, held in series.items():
        if name in steps:
            values = [Figure.of(scalar.value) for scalar in held[: len(marks)]]
            table[name] = (*values, *[None] * (len(marks) - len(values)))
        else:
            by_step = {scalar.step: Figure.of(scalar.value) for scalar in held}
            table[name] = tuple(by_step.get(mark) for mark in marks)
    iterations = next((held[0].step for held in steps.values() if held and held[0].step > 0), None)
    return LoggedRun(
        source=source,
        reader="TensorBoard event file",
        series=MappingProxyType(table),
        epochs=tuple(range(1, len(marks) + 1)),
        total=iterations,
        unit="steps" if iterations else "",
    )
