"""The executed notebook with the findings beside its cells: never over a file that unstuck did not write."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from unstuck import __version__
from unstuck.case.schema import Case, RunRecord
from unstuck.case.writing import write_whole
from unstuck.notebook.plan import NotebookDiagnosis
from unstuck.report.groups import group
from unstuck.report.html.fragment import fragment
from unstuck.report.naming import TakenError, first_free
from unstuck.report.terminal import render

#: The key of what is ours in the metadata of a notebook and of an output.
MARK = "unstuck"


class WritingError(Exception):
    """The notebook could not be written. The text says why."""


def with_findings(nodes: Any, told: NotebookDiagnosis) -> Any:
    """The executed notebook with an output more in each cell that trained, for each different story."""
    from nbformat.v4 import new_output

    nodes = copy.deepcopy(nodes)
    for index, cell in enumerate(nodes.cells, start=1):
        if cell.cell_type == "code":
            cell.outputs = _together(cell.outputs)
        runs = [run for run, at in zip(told.case.runs, told.cells, strict=False) if at == index]
        for each in group(runs):
            data = _shown(_case_of(told.case, each.run))
            cell.outputs.append(new_output("display_data", data=data, metadata={MARK: {"findings": True}}))
    nodes.metadata[MARK] = {"version": __version__, "digest": _digest(nodes)}
    return nodes


def write_notebook(nodes: Any, wanted: Path) -> tuple[Path, str]:
    """Write a notebook that `with_findings` made, in one step.

    Returns:
        The file, and a sentence where it is not the one that was wanted, else "".

    Raises:
        WritingError: it cannot be written.
    """
    import nbformat

    try:
        file = first_free(wanted, is_ours)
    except TakenError as error:
        raise WritingError(str(error)) from None
    try:
        write_whole(file, nbformat.writes(nodes).encode("utf-8"))
    except OSError as error:
        raise WritingError(f"The notebook {file} could not be written ({error.strerror or error}).") from None
    if file == wanted:
        return file, ""
    return file, f"{wanted.name} is there and is not as unstuck wrote it, so it was left alone."


def _together(outputs: Sequence[Any]) -> list[Any]:
    """Outputs as Jupyter keeps them: what is printed in several pieces is one."""
    kept: list[Any] = []
    for each in outputs:
        last = kept[-1] if kept else None
        if last is not None and each.output_type == "stream" == last.output_type and each.name == last.name:
            last.text += each.text
        else:
            kept.append(each)
    return kept


def _case_of(case: Case, run: RunRecord) -> Case:
    return msgspec.structs.replace(case, runs=[run], message="")


def _shown(case: Case) -> dict[str, str]:
    """The findings in both forms; a defect in drawing costs the page's form, never the text."""
    data = {"text/plain": render(case).strip("\n")}
    try:
        data["text/html"] = fragment(case)
    except Exception:
        return data
    return data


def is_ours(file: Path) -> bool:
    """Whether a notebook is as unstuck wrote it: a user may have worked on in it since."""
    import nbformat

    try:
        nodes = nbformat.v4.to_notebook(json.loads(file.read_bytes()))
        return bool(nodes.metadata[MARK]["digest"] == _digest(nodes))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _digest(nodes: Any) -> str:
    """The SHA-256 of what the cells hold, in hexadecimal."""
    held = [[cell.cell_type, cell.source, cell.get("outputs", [])] for cell in nodes.cells]
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()
