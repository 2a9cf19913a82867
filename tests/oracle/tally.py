"""Judges programs, tries every proved claim on them, and counts."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from unstuck.case.schema import CauseRecord

from .doors import DOORS, Judged, Names
from .programs import Program
from .situation import execute, situation_of
from .truth import Claim, why_false


@dataclass(frozen=True)
class Contradiction:
    """Something that may not be: of which program and door, about which rule ("" for none), and why."""

    program: Program
    door: str
    rule: str
    why: str

    def __str__(self) -> str:
        what = f"{self.rule} (proved)" if self.rule else "unstuck"
        return f"seed {self.program.name}, {self.door}: {what}: {self.why}\n{self.program.text}"


@dataclass
class Tally:
    """Counts over all judgements so far."""

    judgements: Counter[str] = field(default_factory=Counter)
    proved: Counter[str] = field(default_factory=Counter)
    contradictions: list[Contradiction] = field(default_factory=list)
    no_programs: int = 0

    def judge(self, program: Program, doors: Iterable[str]) -> None:
        """Let unstuck judge a program by some doors, and try what it says."""
        try:
            made: Names | None = execute(program.text)
        except Exception:  # pieces that do not go together are no program
            self.no_programs += 1
            return
        tried: dict[tuple[str, str, str], str] = {}
        for door in doors:
            judged, made = DOORS[door](program.text, made), None
            self.judgements[door] += 1
            for rule, why in _what_is_wrong(program, judged, tried):
                self.contradictions.append(Contradiction(program, door, rule, why))
            self.proved.update(each.rule for each in judged.proved)

    def __str__(self) -> str:
        false = Counter(each.rule for each in self.contradictions)
        doors = ", ".join(f"{count:,} by {door}" for door, count in self.judgements.items())
        lines = [f"{self.judgements.total():,} judgements: {doors}"]
        lines += [
            f"{rule:40} {count:6,} proved, {count - false[rule]:6,} confirmed, {false[rule]:4,} contradicted"
            for rule, count in sorted(self.proved.items())
        ]
        lines.append(f"{false['']:,} faults (errors, warnings, something changed)")
        return "\n".join(lines)


def _what_is_wrong(
    program: Program, judged: Judged, tried: dict[tuple[str, str, str], str]
) -> Iterator[tuple[str, str]]:
    """The faults of a judgement, and its false claims by rule; what was tried before is not tried again."""
    yield from (("", fault) for fault in judged.faults)
    for finding in judged.proved:
        key = finding.rule, finding.output, finding.says
        if key not in tried:
            tried[key] = _why_false(program, finding)
        if tried[key]:
            yield finding.rule, f"{finding.says} But {tried[key]}."


def _why_false(program: Program, finding: CauseRecord) -> str:
    """Try a finding on the program made anew, which nobody has touched."""
    situation = situation_of(execute(program.text), finding.output)
    claim = Claim(finding.rule, finding.says, finding.shows, finding.output)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return why_false(situation, claim)
        except Exception as error:
            return f"its oracle raised {type(error).__name__}: {error}"
