"""A notebook as it is before it runs: read, checked, and the kernel that it asks for. Nothing is run here."""

from __future__ import annotations

import importlib.util
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: What runs a notebook whose own kernel is not installed here.
_DEFAULT = "python3"

#: What has to be installed beside unstuck to run notebooks.
_NEEDED = ("nbclient", "nbformat", "jupyter_client")

_INSTALL = 'pip install "unstuck[notebook]"'


class NotebookError(Exception):
    """The notebook cannot be run. The text says why and what to do."""


@dataclass(frozen=True)
class Opened:
    """A notebook ready to run: its nodes, without outputs; its bytes; and the name of its kernel.

    `note` is a sentence where that is not the kernel it asks for, else "".
    """

    nodes: Any
    data: bytes
    kernel: str
    note: str = ""


def require_installed() -> None:
    """What runs notebooks must be there: said before anything is run.

    Raises:
        NotebookError: it is not.
    """
    lacking = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        are = "is" if len(lacking) == 1 else "are"
        raise NotebookError(
            f"Running a notebook needs {' and '.join(lacking)}, which {are} not installed: {_INSTALL}."
        )


def opened(file: str) -> Opened:
    """Read a notebook and find its kernel.

    Raises:
        NotebookError: it is no notebook that Jupyter would open, is not written in Python, or no kernel
            is installed.
    """
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise NotebookError(f"{file} cannot be read ({error.strerror}).") from None
    nodes = _nodes(file, data)
    _require_python(file, nodes)
    for cell in nodes.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return Opened(nodes, data, *_kernel(file, nodes))


def _nodes(file: str, data: bytes) -> Any:
    """The notebook as nbformat holds it, checked against its schema."""
    import nbformat

    try:
        held = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"{file} is no notebook: it is not readable as JSON ({error}).") from None
    version = held.get("nbformat") if isinstance(held, dict) else None
    if version is None:
        raise NotebookError(f"{file} is no notebook: it is JSON that names no notebook format.")
    if version != nbformat.current_nbformat:
        raise NotebookError(
            f"{file} is a notebook of format {version}; unstuck runs format {nbformat.current_nbformat}. "
            "Open it in Jupyter and save it: that converts it."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids are given some
            held = nbformat.validator.normalize(held)[1]
            nbformat.validate(held)
            nodes = nbformat.v4.to_notebook(held)
    except (nbformat.ValidationError, KeyError, TypeError, AttributeError, ValueError) as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise NotebookError(f"{file} is no valid notebook: {why}") from None
    return nodes


def _require_python(file: str, nodes: Any) -> None:
    """A notebook says its language in one of two places, or nowhere.

    Raises:
        NotebookError: it is not Python.
    """
    kernel, info = nodes.metadata.get("kernelspec", {}), nodes.metadata.get("language_info", {})
    language = kernel.get("language") or info.get("name") or "python"
    if str(language).lower() != "python":
        raise NotebookError(f"{file} is written in {language}; unstuck watches Keras in Python.")


def _kernel(file: str, nodes: Any) -> tuple[str, str]:
    """The name of the kernel to run on, and a sentence where it is not the notebook's own."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    manager, note = KernelSpecManager(), ""
    wanted = str(nodes.metadata.get("kernelspec", {}).get("name") or _DEFAULT)
    for name in dict.fromkeys((wanted, _DEFAULT)):
        try:
            spec = manager.get_kernel_spec(name)
        except NoSuchKernel:
            note = f"The notebook's kernel {name!r} is not installed here; {_DEFAULT} runs it."
            continue
        if spec.language.lower() != "python":
            raise NotebookError(
                f"{file} runs on the kernel {name!r}, whose language is {spec.language}; unstuck watches "
                "Keras in Python."
            )
        return name, note if name != wanted else ""
    raise NotebookError(f"No Jupyter kernel for Python is installed: {_INSTALL}.")
