"""What two arms are compared by: one figure of each training, chosen by what the cause is said to spoil."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from unstuck.lab.arms import Arm
from unstuck.rules.families import METRIC_LIES, VALIDATION_APART
from unstuck.rules.rule import symptoms_of

#: Symptoms of a training that comes to no usable end.
_ENDINGS = {"fit-raised": "trainings that end", "loss-nan": "trainings whose loss stays a number"}

#: Symptoms of the validation figures alone.
_OF_SPLIT = frozenset({"validation-accuracy-pinned"})

#: Beside those of a lying metric, the symptom of a figure that tells the model wrongly: it may be right.
_OF_REPORT = "loss-falls-accuracy-does-not"

#: Causes under which the share of right decisions is high by always giving one answer.
BALANCED = frozenset({"class-imbalance", "one-class-batches"})


#: What the score of a training is, by what it answers: 1.0 for classes, 0.0 for numbers.
_SCORES: dict[float | None, str] = {1.0: "share of right decisions", 0.0: "R2"}


@dataclass(frozen=True)
class Measure:
    """A figure of one training, of which more is better, or with `less` less. `says` names it.

    `before` reads the control, `after` the treated training; they are mostly the same.
    """

    says: str
    before: Callable[[Arm], float | None]
    after: Callable[[Arm], float | None]
    less: bool = False


def measure_of(
    rule: str,
    impact: str,
    symptoms: Collection[str],
    output: str,
    arms: Collection[Arm],
    treated: Collection[Arm] = (),
) -> Measure:
    """The measure for a cause that explains these symptoms on this output.

    Args:
        rule: the cause.
        impact: its impact.
        symptoms: the rules of the symptoms that the control showed and the cause explains.
        output: the output of the model it is found on, "" for the only one or all.
        arms: trainings of the control, to see which figures there are.
        treated: those of the treated arm.
    """
    shown, gap = set(symptoms), set(symptoms_of(VALIDATION_APART))
    for name, says in _ENDINGS.items():
        if name in shown:
            ended = _ended(name)
            return Measure(says, ended, ended)
    if shown & _OF_SPLIT and shown <= _OF_SPLIT | gap:  # the training rows are learned either way
        agreement = _agreement(output)
        return Measure("agreement of validation and training accuracy (1 is equal)", agreement, agreement)
    if shown and shown <= gap and _known(arms, output, "val_loss"):
        loss = _of(output, "val_loss")
        return Measure("loss on the held-out rows", loss, loss, less=True)
    lies = impact == "misleads" and shown & {*symptoms_of(METRIC_LIES), _OF_REPORT}
    if lies and not _flatters(arms, output):
        then = _score(treated or arms, output)
        says = f"the figure shown (accuracy now, {then} with the change)"
        return Measure(says, _of(output, "reported"), _of(output, "right"))
    if _kinds(arms, output) != _kinds(treated or arms, output):
        # A share of right decisions and an R2 are no pair: what is reported is the figure of both.
        return _same("accuracy as it is reported", output, "reported")
    if rule in BALANCED and _known(arms, output, "balanced"):
        return _same("share of rows found, mean of the classes", output, "balanced")
    return _same(f"{_score(arms, output)} (trained rows)", output, "right")


def _same(says: str, output: str, name: str) -> Measure:
    return Measure(says, _of(output, name), _of(output, name))


def _scores(arm: Arm, output: str) -> Mapping[str, float]:
    """The figures of this output; of the first where the cause is of the model as a whole."""
    return arm.scores.get(output) or next(iter(arm.scores.values()), {})


def _of(output: str, name: str) -> Callable[[Arm], float | None]:
    def read(arm: Arm) -> float | None:
        value = _scores(arm, output).get(name)
        return value if value is not None and math.isfinite(value) else None

    return read


def _kinds(arms: Collection[Arm], output: str) -> set[float | None]:
    """Whether the trainings decide classes or answer numbers."""
    return {_of(output, "classes")(arm) for arm in arms}


def _score(arms: Collection[Arm], output: str) -> str:
    """What the score of these trainings is called."""
    kinds = _kinds(arms, output)
    return _SCORES.get(kinds.pop(), "score") if len(kinds) == 1 else "score"


def _flatters(arms: Collection[Arm], output: str) -> bool:
    """Whether the accuracy that is shown is above the share of right decisions: to show that is no gain."""
    pairs = [(_of(output, "reported")(arm), _of(output, "right")(arm)) for arm in arms]
    above = any(told is not None and right is not None and told > right for told, right in pairs)
    return above and _kinds(arms, output) == {1.0}


def _known(arms: Collection[Arm], output: str, name: str) -> bool:
    return all(_of(output, name)(arm) is not None for arm in arms) and bool(arms)


def _ended(symptom: str) -> Callable[[Arm], float | None]:
    def read(arm: Arm) -> float | None:
        return float(all(rule != symptom for rule, _ in arm.symptoms))

    return read


def _agreement(output: str) -> Callable[[Arm], float | None]:
    def read(arm: Arm) -> float | None:
        scores = _scores(arm, output)
        taught, judged = scores.get("right"), scores.get("val_right", scores.get("val_reported"))
        return None if taught is None or judged is None else 1.0 - abs(taught - judged)

    return read
