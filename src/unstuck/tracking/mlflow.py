"""MLflow: metrics, tags and files of the run that the user has started."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from unstuck.tracking.record import Histogram, Record, Tracker, prefix

#: How many metrics one request may hold.
_BATCH = 1000

#: Characters of a tag that every version of MLflow takes.
_TAG = 5000

#: Counts the fits that the run holds already.
_FITS = "unstuck.fits"


def find_run(_callbacks: list[Any]) -> Any:
    """The active run of this thread. MLflow is not imported here: without a run nobody is asked for one."""
    active = getattr(sys.modules.get("mlflow"), "active_run", None)
    return active() if active is not None else None


def write(run: Any, record: Record) -> str:
    """Log the record to the run. What its server raises goes through."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric, RunTag

    client, run_id, now = MlflowClient(), run.info.run_id, int(time.time() * 1000)
    fits = int(client.get_run(run_id).data.tags.get(_FITS, 0))
    root = prefix(fits)
    metrics = [
        Metric(f"{root}/{series.name}", value, now, step)
        for series in record.series
        for step, value in zip(series.steps, series.values, strict=True)
    ]
    metrics += [Metric(f"{root}/{name}", v, now, record.last_step) for name, v in record.numbers.items()]
    tags = [RunTag(f"{root}/{name}".replace("/", "."), words[:_TAG]) for name, words in record.words.items()]
    for at in range(0, len(metrics), _BATCH):
        client.log_batch(run_id, metrics=metrics[at : at + _BATCH])
    client.log_batch(run_id, tags=[*tags, RunTag(_FITS, str(fits + 1))])
    client.log_text(run_id, record.report, f"{root}/report.txt")
    client.log_text(run_id, record.case, f"{root}/case.json")
    if record.page:
        client.log_text(run_id, record.page, f"{root}/report.html")
    if record.histograms:
        client.log_text(run_id, _table(record.histograms), f"{root}/histograms.json")
    return f"MLflow (run {run.info.run_name or run_id}, {root}/)"


def _table(histograms: Sequence[Histogram]) -> str:
    """MLflow knows no histograms: a list of them, as JSON."""
    plain = [{"name": h.name, "step": h.step, "edges": h.edges, "counts": h.counts} for h in histograms]
    return json.dumps(plain, indent=1)


MLFLOW = Tracker(
    title="MLflow",
    missing="no MLflow run is active; start one before fit: with mlflow.start_run(): model.fit(...)",
    find=find_run,
    write=write,
)
