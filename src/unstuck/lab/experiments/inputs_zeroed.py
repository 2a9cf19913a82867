"""The experiment inputs-zeroed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from unstuck.evidence.facts import Predictions
from unstuck.evidence.inputs import named_leaves
from unstuck.evidence.probe import Clock
from unstuck.evidence.sample import leaves
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same import (
    ModelRows,
    PassAnswers,
    Subject,
    figure,
    measure,
    score,
    titled,
    unaskable_where_it_raises,
)
from unstuck.watch.rows import map_leaves

#: Answers that spread less than this, relative to their size, are the same answer: float32 rounds at 6e-8.
SAME = 1e-6

#: More inputs than this are not silenced one by one.
MOST_INPUTS = 8

_CAUSE = "constant-inputs"


@experiment("inputs-zeroed", decides=(_CAUSE,), trains=False)
def inputs_zeroed(recipe: Any, clock: Clock) -> Answer:
    """Inputs replaced by zeros, by their mean, and one at a time.

    Asks: does the answer depend on the input at all, and on which?
    How: the trained model answers the same rows with all inputs zeroed, with each row replaced by
    the mean row (whole numbers: by the most frequent value of each position), and, where there are
    several inputs, with one of them at a time replaced by its mean. Nothing is trained.
    Means: where the answers stay the same, the model ignores its inputs; where the inputs of all
    rows are equal, it has nothing to go by.
    """
    with unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=4)
        inputs = leaves(subject.taught.x)
        if any(leaf.dtype.kind not in "biuf" for leaf in inputs):
            raise UnaskableError("the inputs are text, no numbers")
        ran = subject.ran
        ways: dict[str, Callable[[np.ndarray], np.ndarray]] = {"zeros": np.zeros_like, "their mean": _mean}
        changed = {way: subject.run(_with(subject.taught, each)) for way, each in ways.items()}
        changed |= _one_by_one(subject, clock)
    vary = any(bool((leaf != leaf[:1]).any()) for leaf in inputs)
    records = subject.records(subject.taught, ran)
    says, shows = [], dict[str, Any]()
    for name, record in records.items():
        found = {way: subject.records(subject.taught, each)[name] for way, each in changed.items()}
        depends = _depends(ran, changed, name)
        says.append(titled(name, _says(record, found, depends, vary)))
        shows[name or "output"] = {
            "measure": measure(record),
            "score": score(record),
            "loss": record.loss,
            "replaced": {way: {"score": score(each), "loss": each.loss} for way, each in found.items()},
            "depends_on_input": depends,
            "spread_over_rows": record.std,
            "rows": record.rows,
        }
    return Answer(
        says=" ".join(says),
        shows={**(next(iter(shows.values())) if len(shows) == 1 else shows), "inputs_vary": vary},
        supports=() if vary else (_CAUSE,),
        refutes=(_CAUSE,) if vary else (),
    )


def _with(part: ModelRows, change: Callable[[np.ndarray], np.ndarray], only: int | None = None) -> ModelRows:
    """The rows with all inputs, or one of them, passed through a function."""
    count = iter(range(len(leaves(part.x))))

    def each(leaf: np.ndarray) -> np.ndarray:
        return change(leaf) if only in (None, next(count)) else leaf

    return ModelRows(map_leaves(each, part.x), part.y)


def _mean(leaf: np.ndarray) -> np.ndarray:
    """Every row replaced by the mean row; whole numbers by the most frequent value of each position."""
    if leaf.dtype.kind == "f":
        row = leaf.mean(axis=0, dtype=np.float64, keepdims=True).astype(leaf.dtype)
    else:
        flat = leaf.reshape(len(leaf), -1)
        row = np.stack([_most_frequent(column) for column in flat.T]).reshape(1, *leaf.shape[1:])
        row = row.astype(leaf.dtype)
    return np.ascontiguousarray(np.broadcast_to(row, leaf.shape))


def _most_frequent(column: np.ndarray) -> Any:
    values, counts = np.unique(column, return_counts=True)
    return values[counts.argmax()]


def _one_by_one(subject: Subject, clock: Clock) -> dict[str, PassAnswers]:
    """The answers with one input at a time at its mean, where there are several."""
    named = named_leaves(subject.taught.x)
    arrays = leaves(subject.taught.x)
    found: dict[str, PassAnswers] = {}
    if len(arrays) < 2 or len(arrays) > MOST_INPUTS:
        return found
    for index, array in enumerate(arrays):
        if not clock.left:
            break
        title = next((name for name, each in named if each is array and name), f"number {index + 1}")
        found[f"input {title}"] = subject.run(_with(subject.taught, _mean, index))
    return found


def _depends(ran: PassAnswers, changed: dict[str, PassAnswers], name: str) -> bool:
    """Whether any answer differs between rows or between inputs."""
    outputs = ran.outputs[name].astype(np.float64)
    scale = max(float(np.abs(outputs).max()), 1e-30)
    others = [outputs[:1], *(each.outputs[name] for each in changed.values())]
    return any(not np.abs(other - outputs).max() <= SAME * scale for other in others)


def _says(record: Predictions, found: dict[str, Predictions], depends: bool, vary: bool) -> str:
    """The figures in two sentences."""
    what = measure(record)
    listed = ", ".join(
        f"{figure(score(each))} with {way if way.startswith('input') else 'all inputs'} "
        f"replaced by {'its mean' if way.startswith('input') else way}"
        for way, each in found.items()
    )
    lead = f"The {what} on {record.rows:,} training rows is {figure(score(record))}, and {listed}."
    if not vary:
        return f"{lead} The inputs of all these rows are equal: there is nothing to tell them apart by."
    if not depends:
        return f"{lead} The answer is the same whatever the input: the model ignores its inputs."
    reached = score(record)
    others = [score(found[way]) for way in ("zeros", "their mean")]
    known = [each for each in others if each is not None]
    if reached is not None and known and max(known) >= reached:
        return f"{lead} The answers move with the input, but one answer for all rows is as good."
    return f"{lead} The answer depends on the input."
