"""What the program still holds of its rows as they were before they went to fit."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """Rows that the program holds by name and from which a simple model tells the targets.

    `inputs` and `targets` are their names, `rows` how many there are. `learner` reaches `score` on them
    in `measure` ("balanced accuracy" or "R2"), and simple models at most `passed` in `passed_measure` on the
    rows as fit got them, each on rows held out; `baseline` is what a constant answer gets. Of the rows that
    fit got, `found` stand in `inputs` as they are, `agree` of them with the target that stands beside them
    in `targets`. `mapping` is a dict of the program that gives all its keys one number. `misjoined` says
    which column of `inputs` was joined anew for this, and why, "" where the rows were taken as they are held.
    `place` is the line that last made the inputs of fit, or that hands them out, or that joined that column.
    """

    inputs: str = ""
    targets: str = ""
    measure: str = "accuracy"
    learner: str = ""
    score: float = 0.0
    passed: float = 0.0
    passed_measure: str = "accuracy"
    baseline: float = 0.0
    rows: int = 0
    found: int = 0
    agree: int = 0
    mapping: str = ""
    misjoined: str = ""
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Disorder:
    """How the rows that fit got are arranged, where simple models find little in them.

    `order` says in which other order the targets belong to the rows: "sorted names" (0, 1, 10, 11, 2, ...,
    as the names of numbered files are sorted) or "reversed"; "" for none. `ahead` counts the steps from the
    last value of a row that is a window of a series to its target, 0 where the rows are none; `held` of
    `rows` targets are exactly that value. With the targets in that order, or the value right after the window
    in their place, `learner` reaches `score` in `measure`, and simple models at most `passed` in
    `passed_measure` on the rows as they are; `baseline` is what a constant answer gets. `levelled` names what
    is the same in every row by itself: "mean and deviation", "length" or "least and largest value"; "" for
    nothing. `place` is the line that arranged them.
    """

    order: str = ""
    ahead: int = 0
    held: int = 0
    levelled: str = ""
    columns: int = 0
    measure: str = "accuracy"
    learner: str = ""
    score: float = 0.0
    passed: float = 0.0
    passed_measure: str = "accuracy"
    baseline: float = 0.0
    rows: int = 0
    place: Place | None = None
