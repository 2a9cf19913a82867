"""What a Case says while its program still runs: what it is at, and the evidence that nobody has judged yet.

Evidence goes into JSON and back unchanged. JSON has no NaN and no infinities, and a training that diverges
is full of them: they are spelled.
"""

from __future__ import annotations

import functools
import json
import math
import os
import platform
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:  # a saved Case is shown without numpy
    from unstuck.evidence.facts import Evidence

#: What a program is at: nothing that is watched, a fit, the examination of one that has ended, the proof.
Stage = Literal["running", "training", "examining", "proving"]

#: Seconds by which two readings of when a process began may differ: the system counts from its own start,
#: which it knows to the second.
_SAME_PROCESS = 2.0

_SPELLED = {"float:nan": math.nan, "float:inf": math.inf, "float:-inf": -math.inf}


class Growing(msgspec.Struct, frozen=True, kw_only=True):
    """Of a Case whose program has not ended, or was killed: what it was at when this was written.

    `process` and `host` are those of the program, `created` is when that process began, by the system's
    clock (of two processes of one number it is another one); `written` is when this was. `fit` counts the
    fits from 1, `seconds` are those since the fit began, `script` is the whole path of the program and
    `began` when its run began. `evidence` is what was seen of a fit that is not among the runs, as this
    version of unstuck knows it; null where there is nothing new. `told` is what was told of that fit by then,
    as in a run. `signal` is what ended the program, where that left time to say so.
    """

    stage: Stage = "running"
    process: int = 0
    host: str = ""
    created: float = 0.0
    written: float = 0.0
    script: str | None = None
    began: float = 0.0
    fit: int = 0
    seconds: float = 0.0
    evidence: dict[str, Any] | None = None
    told: list[dict[str, Any]] = []
    signal: str = ""

    @classmethod
    def now(cls, stage: Stage, evidence: Evidence | None = None, **more: Any) -> Growing:
        """What this process is at."""
        return cls(
            stage=stage,
            process=os.getpid(),
            host=platform.node(),
            created=_own_creation(os.getpid()),
            written=round(time.time(), 3),
            evidence=spelled(evidence) if evidence is not None else None,
            **more,
        )

    @property
    def is_alive(self) -> bool | None:
        """Whether the program still runs; None where another machine ran it."""
        if self.host != platform.node():
            return None
        began = created(self.process)
        return began is not None and abs(began - self.created) < _SAME_PROCESS


@functools.cache
def _own_creation(process: int) -> float:
    return created(process) or 0.0


def created(process: int) -> float | None:
    """When a process began, in seconds of the epoch; None where there is none of that number."""
    import psutil

    try:
        found = psutil.Process(process)
        return None if found.status() == psutil.STATUS_ZOMBIE else float(found.create_time())
    except psutil.Error:
        return None


def spelled(evidence: Evidence) -> dict[str, Any]:
    """Evidence as plain values of JSON."""
    plain: dict[str, Any] = msgspec.to_builtins(evidence, enc_hook=_plain, str_keys=True)
    try:
        json.dumps(plain, allow_nan=False)  # the quickest way to know
    except ValueError:
        plain = _with_words(plain)
    return plain


def read_back(plain: dict[str, Any]) -> Evidence:
    """The evidence that was spelled.

    Raises:
        msgspec.ValidationError: another version of unstuck wrote it, which knew other records.
    """
    from unstuck.evidence.facts import Evidence

    return msgspec.convert(_with_floats(plain), Evidence)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "item"):  # numbers of numpy
        return value.item() if getattr(value, "ndim", 0) == 0 else value.tolist()
    return str(value)


def _with_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_words(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_words(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return f"float:{value}"
    return value


def _with_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_floats(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_floats(part) for part in value]
    return _SPELLED.get(value, value) if isinstance(value, str) else value
