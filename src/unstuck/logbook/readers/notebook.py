"""The outputs of a Jupyter notebook: what fit printed under its cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from unstuck.evidence.printed.run import LoggedRun
from unstuck.logbook.reader import Given, reader
from unstuck.logbook.readers.history import history
from unstuck.logbook.readers.keras_progress import keras_progress


@reader("Jupyter notebook", like="train.ipynb with the outputs of its cells", rank=5)
def notebook(given: Given) -> list[LoggedRun]:
    """Read the progress output and the printed histories in the outputs of a notebook. No cell is run."""
    head = given.text[:1000].lstrip("\ufeff \t\r\n")
    if not head.startswith("{") or '"cells"' not in given.text:
        return []
    try:
        content = json.loads(given.text)
    except (ValueError, RecursionError):
        return []
    cells = content.get("cells") if isinstance(content, dict) else None
    printed = "\n".join(_outputs(cells)) if isinstance(cells, list) else ""
    if not printed:
        return []
    outputs = Given(printed.encode("utf-8", errors="replace"), given.name)
    # Lines of the outputs together are no lines of the file.
    return [run.but(lines=None) for run in keras_progress(outputs) or history(outputs)]


def _outputs(cells: list[Any]) -> Iterator[str]:
    """The texts that cells have printed or shown."""
    for cell in cells:
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for output in outputs if isinstance(outputs, list) else ():
            if not isinstance(output, dict):
                continue
            data = output.get("data")
            shown = data.get("text/plain") if isinstance(data, dict) else None
            for text in (output.get("text"), shown):
                if isinstance(text, str):
                    yield text
                elif isinstance(text, list):
                    yield "".join(part for part in text if isinstance(part, str))
