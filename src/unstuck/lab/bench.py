"""The bench: runs trainings and questions on the workers, within the budget, and remembers what came out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from unstuck.case.proofs import ChangeRecord
from unstuck.lab.arms import Arm, ArmTask, run_arm
from unstuck.lab.clocks import Budget, WorkClock
from unstuck.lab.executors.executor import share_of
from unstuck.lab.experiment import Answer, UnaskableError, experiments
from unstuck.lab.recipe import Recipe
from unstuck.lab.recount import Recount, RecountTask, recount
from unstuck.lab.rerun import Rerun, run_again
from unstuck.lab.resize import Size


@dataclass(frozen=True, kw_only=True)
class Underway:
    """What the bench is about: a training of a `pair`, from 1, with these remedies (none: as it is), or for
    pair 0 the same answers counted again; or a question, by the name of its experiment.
    """

    remedies: tuple[str, ...] = ()
    pair: int = 0
    question: str = ""


#: Told what is being done, for whoever waits.
Progress = Callable[[Underway], None]


@dataclass(frozen=True, kw_only=True)
class QuestionTask:
    """A question put to the recipe: the experiment's name, and how long it may take, as for an ArmTask."""

    name: str
    seconds: float
    deadline: float = math.inf


def work(recipe: Recipe | Rerun, task: ArmTask | QuestionTask | RecountTask) -> Arm | Answer | Recount:
    """What a worker does: train an arm, answer a question, or count answers in two ways.

    Raises:
        UnaskableError, UntreatableError, NoRecipeError: it cannot be done; the text says why.
    """
    if isinstance(recipe, Rerun):
        if not isinstance(task, ArmTask):
            raise UnaskableError("the model cannot be built apart from your script")
        return run_again(recipe, task)
    if isinstance(task, RecountTask):
        return recount(recipe, task)
    if isinstance(task, QuestionTask):
        return experiments()[task.name](recipe, WorkClock(task.seconds, task.deadline))
    return run_arm(recipe, task)


class Bench:
    """Trainings of one recipe. What cannot be done is remembered with its reason, not tried again."""

    def __init__(
        self, executor: Any, recipe: bytes, clock: Budget, progress: Progress = lambda _: None
    ) -> None:
        self.executor, self.clock = executor, clock
        self._recipe, self._progress = recipe, progress
        self._arms: dict[bytes, Arm] = {}
        self.failures: dict[bytes, str] = {}

    def of(self, recipe: bytes) -> Bench:
        """A bench for another recipe, on the same workers and within the same budget."""
        return Bench(self.executor, recipe, self.clock, self._progress)

    def within(self, seconds: float) -> Bench:
        """The same bench with less time: what it trains is known here, too."""
        shorter = Bench(
            self.executor, self._recipe, self.clock.part(min(seconds, self.clock.left)), self._progress
        )
        shorter._arms, shorter.failures = self._arms, self.failures
        return shorter

    def arm(self, changes: tuple[ChangeRecord, ...], seed: int, size: Size) -> Arm | None:
        """What became of a training, None where it has none or came to no end."""
        return self._arms.get(_key(changes, seed, size))

    def run(
        self,
        wanted: Sequence[tuple[tuple[ChangeRecord, ...], int]],
        size: Size,
        share: float = math.inf,
    ) -> list[Arm]:
        """Run these trainings unless they have been; those that the budget leaves no time for are left.

        Args:
            wanted: their changes and seeds.
            size: their size.
            share: seconds of work that each of them may take.

        Returns:
            Those that were ended as their first steps showed that they would take longer.
        """
        tasks, long, begun = {}, list[Arm](), time.time()
        for changes, seed in wanted:
            key = _key(changes, seed, size)
            if key not in self._arms and key not in self.failures:
                tasks[key] = ArmTask(
                    changes=changes,
                    seed=seed,
                    size=size,
                    seconds=self.clock.left,
                    deadline=self.end,
                    begun=begun,
                    share=share,
                )
        if not tasks or not self.clock.left:
            return []
        keys, waiting = list(tasks), dict(enumerate(tasks.values()))
        self._progress(_training(waiting[0]))
        for index, outcome in self._outcomes(list(tasks.values())):
            del waiting[index]
            if waiting:
                self._progress(_training(next(iter(waiting.values()))))
            if isinstance(outcome, str):
                self.failures[keys[index]] = outcome
            elif outcome.projected:
                long.append(outcome)
            elif not outcome.cut:
                self._arms[keys[index]] = outcome
        return long

    def ask(self, names: Sequence[str], seconds: float) -> dict[str, Answer | str]:
        """Put questions, each within these seconds: its answer, or why there is none."""
        found: dict[str, Answer | str] = {}
        tasks = [QuestionTask(name=name, seconds=seconds, deadline=self.end) for name in names]
        self._progress(Underway(question=names[0]))
        for index, outcome in self._outcomes(tasks):
            found[names[index]] = outcome
            left = [name for name in names if name not in found]
            if left:
                self._progress(Underway(question=left[0]))
        return found

    def recount(self, tasks: Sequence[RecountTask]) -> list[Recount | None]:
        """Count answers in two ways, each within its seconds; None for what cannot be counted."""
        found: list[Recount | None] = [None] * len(tasks)
        self._progress(Underway(remedies=tuple(change.remedy for change in tasks[0].changes)))
        for index, outcome in self._outcomes(tasks):
            found[index] = outcome if isinstance(outcome, Recount) else None
        return found

    @property
    def end(self) -> float:
        """When the budget is up, in seconds of the epoch, which all machines count alike."""
        return time.time() + self.clock.until

    def _outcomes(self, tasks: Sequence[ArmTask | QuestionTask | RecountTask]) -> Any:
        """(index, result or the text of its error) as they come, until the budget is up."""
        stream = self.executor.run(work, self._recipe, tasks, seconds=self.clock.until)
        wave, ended = self.clock.wave(), []
        try:
            for index, outcome in stream:
                ended.append(outcome)
                wave.gets(share_of(ended))
                yield index, outcome.value if hasattr(outcome, "value") else outcome.error
                if not self.clock.left:
                    return
        finally:
            stream.close()
            wave.gets(self.clock.share)


def _training(task: ArmTask) -> Underway:
    """A training, by the names of all that is changed in it."""
    return Underway(
        remedies=tuple(dict.fromkeys(change.remedy for change in task.changes)), pair=task.seed + 1
    )


def _key(changes: tuple[ChangeRecord, ...], seed: int, size: Size) -> bytes:
    plain = [[change.remedy, change.at, change.values] for change in changes]
    return msgspec.json.encode([plain, seed, size.rows, size.epochs, size.steps], enc_hook=str)
