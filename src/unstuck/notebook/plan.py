"""What the two sides say to each other, as files in a folder that both can read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from unstuck import __version__
from unstuck.case.schema import Case, RunRecord

#: The names of the files in that folder.
BEGIN, SEEN, END, TOLD = "begin.json", "seen.jsonl", "end.json", "told.json"

#: Where the kernel writes what it is doing while it tries remedies, a line each.
DOING = "doing.txt"

#: The type of what is displayed in the terminal alone: what is told while a cell trains.
EARLY = "application/vnd.unstuck.early+text"


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """Said to the kernel before the first cell: the notebook, how it is told, and what to keep of its runs.

    `file` is absolute; `source` is the notebook as it was read, which `file` may not hold for long.
    `reference` says whether its fits are held against simple models, `tells` whether what is known early is
    told, `stop` how sure a cause has to be to end a fit, `journal` whether `show` can tell of it later.
    """

    file: str
    shown: str
    source: bytes
    keeps_recipes: Literal["none", "stuck"] = "none"
    reference: bool = True
    tells: bool = True
    stop: Literal["proved", "measured"] | None = None
    journal: bool = True


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Said to the kernel after the last cell.

    `status` is the notebook's exit status, `failed` whether a cell ended it. `prove` says whether to try
    the remedies, for `budget` seconds, `on` "local" or "ray"; else what that needs is saved beside the
    file `report`, where there is one (absolute).
    """

    status: int = 0
    failed: bool = False
    prove: bool = False
    budget: float = 60.0
    on: str = "local"
    report: str | None = None


class DiagnosedFit(msgspec.Struct, frozen=True):
    """One fit, said by the kernel as soon as it is diagnosed, and the cell that was running."""

    cell: int | None
    run: RunRecord


class NotebookDiagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The diagnosis of a notebook. `cells` are those in which each run of the Case was trained.

    `untried` says whether its remedies are yet to be tried.
    """

    case: Case
    cells: list[int | None] = []
    untried: bool = False


def so_far(folder: Path) -> NotebookDiagnosis:
    """What the kernel had diagnosed before it could say no more. A line cut short is left out."""
    seen = []
    try:
        lines = (folder / SEEN).read_bytes().splitlines()
    except OSError:
        lines = []
    for line in lines:
        try:
            seen.append(msgspec.json.decode(line, type=DiagnosedFit))
        except msgspec.MsgspecError:
            break
    return NotebookDiagnosis(
        case=Case(version=__version__, runs=[each.run for each in seen]), cells=[each.cell for each in seen]
    )
