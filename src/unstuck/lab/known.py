"""What a proof knows so far; one that is interrupted keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field

from unstuck.case.schema import CauseRecord
from unstuck.lab.experiment import Answer
from unstuck.lab.trials import TrialResults


@dataclass
class ProofState:
    """Answers by experiment (and why there is none), trials, and the causes that the answers showed.

    `untried` says why a cause was not tried, by cause; `failures` why trainings failed; `needed` is the
    budget of the smallest trials where they do not fit into the one given, 0.0 where they do.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    outcome: TrialResults | None = None
    found: list[CauseRecord] = field(default_factory=list)
    untried: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    needed: float = 0.0
    interrupted: bool = False

    def supports(self, rule: str) -> bool:
        """Whether an answer speaks for a cause."""
        return any(rule in answer.supports for answer in self.answers.values())

    def disputed(self, rule: str) -> bool:
        """Whether one answer speaks for a cause and another against it."""
        return self.supports(rule) and any(rule in answer.refutes for answer in self.answers.values())

    def against(self, rule: str) -> str:
        """What an answer says against a cause, "" where none does or another speaks for it."""
        says = [answer.says for answer in self.answers.values() if rule in answer.refutes]
        return says[0] if says and not self.supports(rule) else ""
