"""Weights & Biases: charts, histograms, the page and files of the run that the user has started.

The run's step counter belongs to the user: rows of our own would move it on, and a later
`wandb.log(..., step=...)` of a smaller step is dropped. So vital signs are charts over optimizer
steps of their own, put into the row that is open, and figures go to the summary.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from unstuck.tracking.record import Histogram, Record, ScalarSeries, Tracker, prefix

_FITS = "unstuck/fits"

_AXIS = "optimizer step"


def find_run(_callbacks: list[Any]) -> Any:
    """The active run; None also for a disabled one. wandb is not imported here, and nobody signs in."""
    run = getattr(sys.modules.get("wandb"), "run", None)
    return None if run is None or getattr(run, "disabled", False) else run


def write(run: Any, record: Record) -> str:
    """Log the record to the run. What wandb raises goes through."""
    import wandb

    fits = int(run.summary.get(_FITS) or 0)
    root = prefix(fits)
    row = {f"{root}/{name}": _chart(name, lines) for name, lines in _charts(record.series)}
    row.update({f"{root}/{h.name}": _histogram(h) for h in _last_of_each(record.histograms)})
    if record.page:
        row[f"{root}/report"] = wandb.Html(record.page, inject=False)
    run.log(row, commit=False)
    figures = {f"{root}/{each.name}": each.values[-1] for each in record.series if "/" not in each.name}
    figures.update({f"{root}/{name}": number for name, number in record.numbers.items()})
    words = {f"{root}/{name}": text for name, text in record.words.items()}
    run.summary.update({**figures, **words, _FITS: fits + 1})
    _files(run, root, {"report.txt": record.report, "case.json": record.case, "report.html": record.page})
    return f"Weights & Biases (run {run.name or run.id}, {root}/)"


def _charts(series: Iterable[ScalarSeries]) -> list[tuple[str, list[ScalarSeries]]]:
    """One chart for each figure of the whole model, one for each figure by layer."""
    return [(name, list(held)) for name, held in groupby(series, lambda each: each.name.partition("/")[0])]


def _chart(name: str, lines: list[ScalarSeries]) -> Any:
    import wandb

    return wandb.plot.line_series(
        xs=[list(line.steps) for line in lines],
        ys=[list(line.values) for line in lines],
        keys=[line.name.partition("/")[2] or line.name for line in lines],
        title=f"unstuck: {name.replace('_', ' ')}",
        xname=_AXIS,
    )


def _last_of_each(histograms: Iterable[Histogram]) -> list[Histogram]:
    """A row holds one value a name, so of the histograms over time the last."""
    return list({each.name: each for each in histograms}.values())


def _histogram(histogram: Histogram) -> Any:
    import wandb

    return wandb.Histogram(np_histogram=(list(histogram.counts), list(histogram.edges)))


def _files(run: Any, root: str, texts: dict[str, str]) -> None:
    """Files in the run's own folder; wandb carries them along with the run."""
    folder = Path(run.dir) / root
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        if text:
            file = folder / name
            file.write_text(text, encoding="utf-8")
            run.save(str(file), base_path=run.dir, policy="now")


WANDB = Tracker(
    title="Weights & Biases",
    missing="no Weights & Biases run is active; start one before fit: wandb.init(project=...)",
    find=find_run,
    write=write,
)
