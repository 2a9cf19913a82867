"""The experiment rows-permuted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.decisions import SUM_TOLERANCE, Answers
from unstuck.evidence.facts import Predictions
from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same import (
    ModelRows,
    Subject,
    figure,
    measure,
    score,
    titled,
    unaskable_where_it_raises,
)
from unstuck.lab.recipe import taken

#: How often the targets are dealt out anew: p can then come down to 1 in 200.
DRAWS = 199

#: Answers differ by this much, relative to their size, only if they depend on something: the order of
#: a float32 sum of 10,000 numbers moves it by less (10,000 * 6e-8 = 6e-4).
ROUNDING = 1e-3

#: A share that chance reaches once in twenty times.
RARE = 0.05

_CAUSE = "softmax-over-wrong-axis"


@experiment("rows-permuted", decides=(_CAUSE,), trains=False)
def rows_permuted(recipe: Any, clock: Clock) -> Answer:
    """Inputs dealt out to other rows, and rows given other neighbours.

    Asks: do the answers belong to their own inputs, and to them alone?
    How: the answers of the trained model are dealt out to the targets at random, 199 times: that is
    what they would be with the inputs permuted. Then the second half of each batch is replaced by
    copies of its first half, and the first half's answers are compared with what they were.
    Means: a score that does not fall tells that nothing was learned from the inputs. An answer that
    changes with its neighbours in inference mode was computed across rows, as a softmax over the
    batch axis does it.
    """
    with unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=3)
        ran = subject.ran
        moved = _moved(subject)
    records = subject.records(subject.taught, ran)
    answers, says = subject.answers(subject.taught, ran), []
    shows: dict[str, Any] = {}
    wrong, fine = [], []
    for name, record in records.items():
        dealt = _dealt(answers[name])
        says.append(titled(name, _says(record, dealt, moved.get(name), subject.size)))
        shows[name or "output"] = {
            "measure": measure(record),
            "score": score(record),
            "permuted": float(np.mean(dealt)) if len(dealt) else None,
            "p_value": _p_value(record, dealt),
            "permutations": len(dealt),
            "moved_by_neighbours": moved.get(name),
            "other_axis_sums_one": record.other_axis_sums_one,
            "rows": record.rows,
        }
        head = subject.heads.get(name)
        softmax = head is not None and head.activation in ("softmax", "unknown")
        across = moved.get(name, 0.0) > ROUNDING
        wrong.append(softmax and (across or record.other_axis_sums_one is not None))
        fine.append(not softmax or (name in moved and not across and _sums_one(record)))
    if not records:
        raise UnaskableError("the model has no outputs that could be compared")
    return Answer(
        says=" ".join(says),
        shows=next(iter(shows.values())) if len(shows) == 1 else shows,
        supports=(_CAUSE,) if any(wrong) else (),
        refutes=(_CAUSE,) if all(fine) and not any(wrong) else (),
    )


def _sums_one(record: Predictions) -> bool:
    """Whether the classes of each row share a probability of one."""
    low, high = record.row_sum_minimum, record.row_sum_maximum
    return low is not None and high is not None and max(abs(low - 1), abs(high - 1)) <= SUM_TOLERANCE


def _moved(subject: Subject) -> dict[str, float]:
    """The largest relative change of an answer when its neighbours change, by output name."""
    size, half = subject.size, subject.size // 2
    if half < 1:
        return {}
    batches = subject.taught.rows // size
    order = np.arange(batches * size).reshape(batches, size)
    mated = np.concatenate([order[:, : size - half], order[:, :half]], axis=1).reshape(-1)
    kept = (np.arange(batches * size) % size) < size - half
    part = ModelRows(taken(subject.taught.x, mated), taken(subject.taught.y, mated))
    changed, found = subject.run(part), dict[str, float]()
    for name, outputs in subject.ran.outputs.items():
        before, after = outputs[: len(kept)][kept], changed.outputs[name][kept]
        scale = float(np.abs(before).max()) if before.size else 0.0
        difference = np.abs(after.astype(np.float64) - before)
        if np.isfinite(difference).all() and before.size:
            found[name] = float(difference.max()) / max(scale, 1e-12)
    return found


def _dealt(answers: Answers) -> list[float]:
    """The scores of answers that are dealt out to the targets at random."""
    draw, found = np.random.default_rng(0), list[float]()
    known = answers.right if answers.right is not None else answers.numbers
    if known is None or len(known) < 2:
        return found
    for _ in range(DRAWS):
        order = draw.permutation(len(known))
        if answers.right is not None:
            value = replace(answers, right=answers.right[order]).accuracy
        else:
            value = _r2(answers.scores, known[order])
        if value is not None:
            found.append(value)
    return found


def _r2(scores: np.ndarray, numbers: np.ndarray) -> float | None:
    spread = float(((numbers - numbers.mean(axis=0)) ** 2).sum())
    if spread <= 0 or not np.isfinite(scores).all() or not np.isfinite(spread):
        return None
    return 1.0 - float(((scores - numbers) ** 2).sum()) / spread


def _p_value(record: Predictions, dealt: list[float]) -> float | None:
    """How often chance came as far, (1 + b) / (1 + m)."""
    reached = score(record)
    if reached is None or not dealt:
        return None
    return (1 + sum(each >= reached for each in dealt)) / (1 + len(dealt))


def _says(record: Predictions, dealt: list[float], moved: float | None, size: int) -> str:
    """What came out, in words."""
    p_value = _p_value(record, dealt)
    if p_value is None:
        says = f"No score can be counted on these {record.rows:,} rows."
    else:
        learned = (
            "the answers belong to their own inputs"
            if p_value <= RARE
            else "the answers fit other rows just as well, so nothing was learned from the inputs"
        )
        says = (
            f"The {measure(record)} on {record.rows:,} training rows is {figure(score(record))}; with the "
            f"inputs dealt out to other rows it is {float(np.mean(dealt)):.4f} on average, and as high in "
            f"{round(p_value * (len(dealt) + 1)) - 1} of {len(dealt)} cases: {learned}."
        )
    if moved is None:
        return says
    if moved > ROUNDING:
        return (
            f"{says} With other rows in its batch of {size} an answer changes by up to {moved:.3g} of the "
            "largest answer: it is computed across rows."
        )
    other = record.other_axis_sums_one
    axis = f" Along axis {other} the answers sum to 1, along the classes they do not." if other else ""
    return f"{says} Other rows in its batch do not change an answer (at most {moved:.1g} of its size).{axis}"
