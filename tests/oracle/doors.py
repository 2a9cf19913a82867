"""The doors by which unstuck judges a program, and what it must leave as it was.

Each gets the text of the program, and its names where it has been executed and nobody has touched them.
"""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

import unstuck
from unstuck.case.schema import CauseRecord, RunRecord
from unstuck.python.interactive import watched

from .situation import execute, weights_of

#: What a program defines, by name.
Names = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """What unstuck said of one program, and what went wrong on the way.

    `proved` are its proved findings, as causes or as notes; `faults` say in words what may not happen
    whatever the program: an exception, an error line, a warning, a changed weight or random state.
    """

    door: str
    proved: tuple[CauseRecord, ...] = ()
    faults: tuple[str, ...] = ()
    program: Mapping[str, Any] = field(default_factory=dict, repr=False)


def check(text: str, made: Names | None = None) -> Judged:
    """`unstuck.check(model, x, y)`, before any training."""
    return _asked("check", made or execute(text), "found = unstuck.check(model, x, y)")


def diagnose(text: str, made: Names | None = None) -> Judged:
    """`unstuck.diagnose(model, x, y)` of a model whose training nobody saw."""
    return _asked("diagnose", made or execute(text), "found = unstuck.diagnose(model, x, y)")


def watch(text: str, made: Names | None = None) -> Judged:
    """`fit(..., callbacks=[unstuck.Watch(report=False)])`."""
    return _trained("watch", made or execute(text), execute(text), _with_callback)


def observe(text: str, made: Names | None = None) -> Judged:
    """Every fit observed, as `unstuck run` and `unstuck.observe()` do."""
    return _trained("observe", made or execute(text), execute(text), _observed)


DOORS = {each.__name__: each for each in (check, diagnose, watch, observe)}


def _asked(door: str, made: Names, question: str) -> Judged:
    """A question about a model that leaves everything as it was."""
    program = made | {"unstuck": unstuck}
    before, states = weights_of(program["model"]), _random_states()
    faults: list[str] = []
    with warnings.catch_warnings(record=True) as heard:
        _hear_all()
        try:
            exec(compile(question, "<oracle>", "exec"), program)
        except Exception as error:
            return Judged(door, faults=(f"raised {type(error).__name__}: {error}",), program=program)
    faults += [f"warned: {each.message}" for each in heard]
    if not _same(before, weights_of(program["model"])):
        faults.append("the weights changed")
    if not _same(states, _random_states()):
        faults.append("a random state changed")
    return _judged(door, [program["found"].run], faults, program)


def _trained(door: str, alone: Names, program: Names, fit: Callable[[Names], list[RunRecord]]) -> Judged:
    """A fit that unstuck watches, held against the same fit alone."""
    expected = _outcome(alone, _unwatched)
    seen = _outcome(program, fit)
    faults = [
        f"{what} with unstuck watching: {_short(after)}; without: {_short(before)}"
        for what, before, after in zip(_COMPARED, expected[:-1], seen[:-1], strict=True)
        if not _same(before, after)
    ]
    return _judged(door, seen[-1], faults, program)


#: Keras counts its symbolic tensors on from model to model.
_NUMBERED = re.compile(r"keras_tensor_\d+")

_COMPARED = ("raised", "warned", "weights", "random states")


def _outcome(names: dict[str, Any], fit: Callable[[dict[str, Any]], list[RunRecord]]) -> tuple[Any, ...]:
    """The error, the warnings, the weights and the random states after a fit, and the runs that it gave."""
    keras.utils.set_random_seed(1)
    raised, runs = "", []
    with warnings.catch_warnings(record=True) as heard:
        _hear_all()
        try:
            runs = fit(names)
        except Exception as error:
            raised = f"{type(error).__name__}: {error}"
    told = sorted({_NUMBERED.sub("keras_tensor", str(each.message)) for each in heard})
    return raised, told, weights_of(names["model"]), _random_states(), runs


def _hear_all() -> None:
    """Hear every warning, but for what Keras provokes itself by handing torch tensors to numpy."""
    warnings.simplefilter("always")
    warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)


def _unwatched(names: dict[str, Any]) -> list[RunRecord]:
    names["model"].fit(**_arguments(names))
    return []


def _with_callback(names: dict[str, Any]) -> list[RunRecord]:
    watching = unstuck.Watch(report=False)
    arguments = _arguments(names)
    arguments["callbacks"] = [*arguments.get("callbacks", ()), watching]
    names["model"].fit(**arguments)
    return [watching.diagnosis.run]


def _observed(names: dict[str, Any]) -> list[RunRecord]:
    with watched() as session:
        try:
            names["model"].fit(**_arguments(names))
        finally:
            names["runs"] = session.runs
    return session.runs


def _arguments(names: dict[str, Any]) -> dict[str, Any]:
    return {"x": names["x"], "y": names["y"], **names["fit"]}


def _judged(door: str, runs: Iterable[RunRecord], faults: list[str], program: Mapping[str, Any]) -> Judged:
    proved = [
        finding for run in runs for finding in (*run.causes, *run.notes) if finding.certainty == "proved"
    ]
    faults += [f"errored: {each.where}: {each.error}" for run in runs for each in run.errors]
    return Judged(door, tuple(proved), tuple(faults), program)


def _random_states() -> list[Any]:
    """Where the streams of random numbers stand: those of Python, NumPy and the backend."""
    states = [np.asarray(random.getstate()[1]), np.random.get_state()[1]]
    if keras.backend.backend() == "torch":
        import torch

        states.append(torch.get_rng_state().numpy())
    return states


def _same(before: Any, after: Any) -> bool:
    """Whether two texts, or two lists of arrays, are equal to the last bit."""
    if isinstance(before, str) or (before and isinstance(before[0], str)):
        return bool(before == after)
    pairs = zip(before, after, strict=False)
    return len(before) == len(after) and all(np.array_equal(*pair, equal_nan=True) for pair in pairs)


def _short(value: Any) -> str:
    return repr(value)[:300]
