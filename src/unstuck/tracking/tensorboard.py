"""TensorBoard: events in a folder, written with the package's own records; TensorFlow is not needed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from os import getpid
from pathlib import Path
from typing import Any

import numpy as np

from unstuck.tracking.record import ROOT, Histogram, NotLoggedError, Record, Tracker

#: TensorBoard takes a file for events when its name holds this; the rest makes it unique.
_NAME = "events.out.tfevents.{seconds}.{host}.{process}.{count}.unstuck"

_VERSION = "brain.Event:2"

_WHY_PACKAGE = (
    "nothing was logged to TensorBoard: its package, which writes events, is not installed "
    "(pip install tensorboard)."
)


def find_folder(callbacks: list[Any]) -> Path | None:
    """The folder beside `train` and `validation` of the fit's TensorBoard callback, None without one."""
    import keras

    for callback in callbacks:
        if isinstance(callback, keras.callbacks.TensorBoard):
            folder = str(callback.log_dir)
            if "://" in folder:
                raise NotLoggedError(
                    f"nothing was logged to TensorBoard: {folder} is not on this machine. "
                    'Name a local folder: unstuck.Watch(log="logs/run1").'
                )
            return Path(folder) / ROOT
    return None


def write(folder: Path, record: Record) -> str:
    """Append the record as one file of events.

    Raises:
        NotLoggedError: the package tensorboard is not installed.
        OSError: the folder cannot be written to.
    """
    try:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.record_writer import RecordWriter
    except ImportError:
        raise NotLoggedError(_WHY_PACKAGE) from None
    folder.mkdir(parents=True, exist_ok=True)
    now = time.time()
    with _free(folder, int(now)).open("xb") as file:
        writer = RecordWriter(file)
        writer.write(Event(wall_time=now, file_version=_VERSION).SerializeToString())
        for step, summary in _summaries(record):
            writer.write(Event(wall_time=now, step=step, summary=summary).SerializeToString())
    return f"TensorBoard ({folder})"


def _free(folder: Path, seconds: int) -> Path:
    """A file that is not there yet."""
    host, process, count = socket.gethostname(), getpid(), 0
    while True:
        file = folder / _NAME.format(seconds=seconds, host=host, process=process, count=count)
        if not file.exists():
            return file
        count += 1


def _summaries(record: Record) -> Iterator[tuple[int, Any]]:
    """All of the record as (step, Summary)."""
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.plugins.text.summary_v2 import text_pb

    for series in record.series:
        for step, value in zip(series.steps, series.values, strict=True):
            yield step, scalar_pb(f"{ROOT}/{series.name}", value)
    for histogram in record.histograms:
        yield histogram.step, _histogram(histogram)
    for name, number in record.numbers.items():
        yield record.last_step, scalar_pb(f"{ROOT}/{name}", number)
    for name, words in record.words.items():
        yield record.last_step, text_pb(f"{ROOT}/{name}", _verbatim(words))
    yield record.last_step, text_pb(f"{ROOT}/report", _verbatim(record.report))


def _histogram(histogram: Histogram) -> Any:
    """One line a bin: left edge, right edge, count. The package's own function would count raw entries."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.histogram.metadata import create_summary_metadata
    from tensorboard.util.tensor_util import make_tensor_proto

    edges = np.asarray(histogram.edges, dtype=np.float64)
    bins = np.stack([edges[:-1], edges[1:], np.asarray(histogram.counts, dtype=np.float64)], axis=1)
    summary = Summary()
    summary.value.add(
        tag=f"{ROOT}/{histogram.name}",
        metadata=create_summary_metadata(display_name=None, description=None),
        tensor=make_tensor_proto(bins, dtype=np.float64),
    )
    return summary


def _verbatim(text: str) -> str:
    """As a block of code: TensorBoard reads texts as Markdown, and this is none."""
    return "".join(f"    {line}\n" for line in text.splitlines())


TENSORBOARD = Tracker(
    title="TensorBoard",
    missing=(
        "fit has no keras.callbacks.TensorBoard among its callbacks; add one, or name a folder: "
        'unstuck.Watch(log="logs/run1")'
    ),
    find=find_folder,
    write=write,
    takes_page=False,
)
