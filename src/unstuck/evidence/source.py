"""The user's source: read once, never executed, and searched for the call that built something."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import libcst as cst

from unstuck.evidence.cells import is_notebook, program_of, typed_text
from unstuck.evidence.facts import Place
from unstuck.evidence.parsed import Source, Unplaced
from unstuck.evidence.signatures import DEFAULTS, default_activation
from unstuck.evidence.syntax import decoded

__all__ = [
    "Source",
    "SourceReader",
    "Unplaced",
    "digest",
    "find_call",
    "find_compile_call",
    "find_fit_call",
    "source_of",
]

_FIT_ONLY = {"epochs", "batch_size", "validation_data", "validation_split", "callbacks", "steps_per_epoch"}
_COMPILE_ONLY = {"optimizer", "loss", "metrics", "loss_weights", "weighted_metrics"}
#: Recorded values went through float32, which keeps about seven digits.
_FLOAT32 = 1e-6

#: Files of which what was worked out is kept: a program and those of its modules in which models stand.
_SHARED = 8


class SourceReader:
    """Reads each file once. Never raises: a file that cannot be read is a Source with a `problem`.

    `main` is the script that is run, where it is known. A file that was changed after `since`, in seconds of
    the epoch, is no source of what was run then.
    """

    def __init__(self, main: str | None = None, since: float | None = None) -> None:
        self.main, self._since = main, since
        self._sources: dict[str, Source] = {}

    def read(self, file: str) -> Source:
        """The source of a file, as the interpreter names it (a path, or a notebook cell)."""
        if file not in self._sources:
            changed = self._since is not None and _changed(file) > self._since
            self._sources[file] = Source(file, "", problem=_CHANGED) if changed else _read(file)
        return self._sources[file]

    @property
    def files(self) -> tuple[str, ...]:
        """The files read so far, in the order of reading."""
        return tuple(self._sources)

    def line_of(self, place: Place) -> str:
        """The line at a place without the spaces around it, "" when it cannot be had."""
        return self.read(place.file).line(place.line)


_CHANGED = "the file was changed since the training began"


def _changed(file: str) -> float:
    """When a file was changed last, 0.0 where there is none."""
    try:
        return Path(file).stat().st_mtime
    except (OSError, ValueError):
        return 0.0


def _read(file: str) -> Source:
    if is_notebook(file):
        held = program_of(file)
        problem = "" if held else "the notebook cannot be read"
        return source_of(file, held.text if held else "", problem=problem)
    try:
        data = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        if typed := typed_text(file):
            return source_of(file, typed)
        if file.startswith("<"):
            return Source(file, "", problem="it stands in a notebook cell or a prompt, not in a file")
        return Source(
            file, "", problem=f"the file cannot be read ({getattr(error, 'strerror', None) or error})"
        )
    try:
        text, encoding = decoded(data)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return Source(file, data.decode("latin-1"), problem="the file's encoding is not known")
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    return source_of(file, text.removeprefix(bom), bom=bom, ascii_only=not encoding.startswith("utf-8"))


#: The Source of a file with a content, the same for the same: fits of one program share what was worked out.
source_of = lru_cache(maxsize=_SHARED)(Source)


def digest(file: str) -> str:
    """The SHA-256 of a file, in hexadecimal.

    Raises:
        OSError: it cannot be read.
        ValueError: the name is that of a notebook cell or a prompt, not of a file.
    """
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def find_call(source: Source, callee: str, arguments: Mapping[str, Any]) -> Place | None:
    """The only call in the source that can have built an object with these arguments.

    Args:
        source: the text to search.
        callee: class name ("Dense").
        arguments: values of the live object by parameter ({"units": 1, "activation": "softmax"}).

    Returns:
        Its place, or None when no call fits or several do. A value that the text does not show
        (a variable) fits anything.
    """
    with suppress(Unplaced):  # of a text that cannot be read
        calls = source.calls_of(callee)
        found = [call for call in calls if all(_fits(source, call, *item) for item in arguments.items())]
        return source.place(found[0]) if len(found) == 1 else None
    return None


def _fits(source: Source, call: cst.Call, parameter: str, value: Any) -> bool:
    if parameter == "activation":
        value = value or "linear"
    try:
        arg = source.argument(call, parameter)
    except Unplaced:
        return True
    if arg is None:
        default = (
            default_activation(source.kind(call)) if parameter == "activation" else DEFAULTS.get(parameter)
        )
        return _same(default, value)
    known, written = source.literal(arg.value)
    if parameter == "activation":
        named = source.dotted(arg.value)
        if not known and named.startswith(("keras.", "tensorflow.")):
            known, written = True, named.rpartition(".")[2]
        written = written or "linear"
    return not known or _same(written, value)


def _same(written: Any, value: Any) -> bool:
    """Whether a written value is a live one: 3 may have become (3, 3), and .1 its float32."""
    if isinstance(value, (tuple, list)) and not isinstance(written, (tuple, list)):
        return bool(value) and all(_same(written, each) for each in value)
    if isinstance(written, (int, float)) and isinstance(value, (int, float)):
        return math.isclose(written, value, rel_tol=_FLOAT32)
    return bool(written == value)


def find_fit_call(source: Source) -> Place | None:
    """The only call that trains a model in the source, None when there is none or several."""
    with suppress(Unplaced):
        return _only(source, source.calls_of("fit"), _FIT_ONLY)
    return None


def find_compile_call(source: Source) -> Place | None:
    """The only `compile` of a model in the source, None when there is none or several."""
    foreign = ("re.compile", "regex.compile", "torch.compile", "compile")
    with suppress(Unplaced):
        calls = [each for each in source.calls_of("compile") if source.dotted(each.func) not in foreign]
        return _only(source, calls, _COMPILE_ONLY)
    return None


def _only(source: Source, calls: list[cst.Call], telling: set[str]) -> Place | None:
    """The only call with a keyword that tells its kind, or else the only call at all."""
    told = [call for call in calls if any(arg.keyword and arg.keyword.value in telling for arg in call.args)]
    chosen = told or calls
    return source.place(chosen[0]) if len(chosen) == 1 else None
