"""What is proposed against a cause, and what its proof showed: parts of a Case."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class ChangeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a remedy, for programs: which one, where in the user's code, and what to write.

    `at` has the fields of a `Place` (file, line, and columns where they are known), null where the
    place was not seen. In a notebook its lines count over all code cells, one after the other.
    """

    remedy: str
    at: dict[str, Any] | None = None
    values: dict[str, Any] = {}


class RemedyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A change that cures a cause. `diff` is a unified diff of the user's file, null for advice.

    `changes` are its steps, which share the diff.
    """

    name: str
    says: str
    diff: str | None = None
    changes: list[ChangeRecord] = []


class CureRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed, all of it at once: what heals in the trials, else what is to be tried first.

    `remedies` are its names in the order in which they are made, and `diff` is one unified diff of all the
    files, null where nothing can be written. `by_hand` says what the diff does not hold, `beside` what
    becomes of other fits that have the same compile call.
    """

    remedies: list[str] = []
    diff: str | None = None
    by_hand: list[str] = []
    beside: list[str] = []


Verdict = Literal["confirmed", "helped", "no effect", "worse", "not proven", "not reproduced"]


class Recounted(msgspec.Struct, frozen=True, kw_only=True):
    """What the same answers of the user's own trained weights come to, counted in several ways.

    `metric` is the one in use and `figure` what Keras makes of it, `instead` the one in its place and `then`
    its figure (null where it is not known). `right` is what is to be counted, in the words of `counts`, taken
    from the answers themselves; `constant` is what the best answer that is the same for all rows gets.
    `on` is "validation", or "training" where there were no validation rows.
    """

    metric: str
    figure: float
    instead: str
    then: float | None = None
    counts: str = "share of right decisions"
    right: float = 0.0
    constant: float = 0.0
    on: Literal["validation", "training"] = "validation"


class TrialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Trainings with and without one remedy, in pairs of the same seed and the same batches.

    A remedy that changes only what is counted needs no training: `recount` then says what the same answers
    come to, null where trainings were compared. `control` is then the figure in use and `treated` the right
    answers, with the interval of their difference over the rows; there are no seeds, epochs and updates.

    `remedy` is what the arms differ in; `with_remedies` are those that both arms already have.
    `why` is the reason of a verdict that leaves it open. `measure` says in words what `control`
    and `treated` are, one value a seed (null where an arm came to no value). `difference` is the
    mean of treated minus control, `low` and `high` its 95 % interval over the seeds (Student's t);
    `better` says which way is better. `symptoms_before` and `symptoms_after` are the symptoms of most
    of the control and of the treated trainings. `rows`, `epochs` and `updates` are those of one
    training; `curves` holds the loss by epoch of each training of either arm ("control" and
    "treated"), `accuracy_curves` likewise the accuracy as it was reported, empty where none was.
    """

    remedy: str
    verdict: Verdict
    says: str = ""
    why: str = ""
    with_remedies: list[str] = []
    measure: str = ""
    seeds: list[int] = []
    control: list[float | None] = []
    treated: list[float | None] = []
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    better: Literal["more", "less"] = "more"
    symptoms_before: list[str] = []
    symptoms_after: list[str] = []
    rows: int = 0
    epochs: int = 0
    updates: int = 0
    seconds: float = 0.0
    recount: Recounted | None = None
    curves: dict[str, list[list[float | None]]] = {}
    accuracy_curves: dict[str, list[list[float | None]]] = {}

    @property
    def gain(self) -> float:
        """By how much it got better, on average; 0.0 where that is not known."""
        return (self.difference or 0.0) * (1.0 if self.better == "more" else -1.0)


class ExperimentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one question. `supports` and `refutes` name the causes it speaks for and against."""

    name: str
    says: str
    shows: dict[str, Any] = {}
    supports: list[str] = []
    refutes: list[str] = []


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the proof: `says` in one sentence, `budget` and `seconds` of work spent.

    `elapsed` are the seconds by the clock: more than those of work where other programs had the processors.
    `healed_by` is the smallest set of remedies after which no symptom was left, empty where none
    was found. `of_fit` is the number of another fit, from 1, whose proof stands for this one, null for none.
    `together` is the trial of all established remedies at once, where there are several and
    they heal. `interrupted` is true where Ctrl-C ended it. `recipe` is the file that holds what is
    needed to train again, null for none.
    """

    says: str = ""
    budget: float = 0.0
    seconds: float = 0.0
    elapsed: float = 0.0
    healed_by: list[str] = []
    of_fit: int | None = None
    together: TrialRecord | None = None
    recipe: str | None = None
    interrupted: bool = False
