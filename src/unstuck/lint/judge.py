"""The rules on evidence that came from source: no training has been seen, so no symptom either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from unstuck.evidence.facts import Environment, Evidence, Place
from unstuck.findings import Certainty, Finding, folds
from unstuck.reading import Reading
from unstuck.rules.rule import Rule, catalogue

_NAMES = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "torch"}


@dataclass(frozen=True)
class Judged:
    """A finding in source. `backends` are those on which it holds, empty when it holds on all that the
    program may run on.
    """

    finding: Finding
    place: Place
    backends: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """The finding's sentences, with the backends that it holds on."""
        if not self.backends:
            return self.finding.says
        return f"{self.finding.says} This holds on {' and '.join(_NAMES[each] for each in self.backends)}."


@dataclass
class _Gathered:
    finding: Finding
    place: Place
    held: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    walks: set[int] = field(default_factory=set)
    conditions: int = 0

    def judged(self, walks: int) -> Judged:
        """The finding as it is told. What holds on some ways through the file only is sure where one
        condition decides: of several, not known, some may exclude others.
        """
        finding = self.finding
        if len(self.walks) < walks and self.conditions > 1:
            finding = replace(finding, certainty=Certainty.SUSPECTED)
        return Judged(finding, self.place, () if self.held >= self.asked else tuple(sorted(self.held)))


def judged(readings: Iterable[Reading]) -> tuple[Judged, ...]:
    """What the rules find in the trainings of one file, in the order of the text.

    The same defect at the same place is told once, however many paths lead there.
    """
    gathered: dict[tuple[Any, ...], _Gathered] = {}
    walks: set[int] = set()
    for reading in readings:
        walks.add(reading.walk)
        same = list(_findings(reading.evidence, _CHECKS[False]()))
        for backend in reading.backends:
            evidence = replace(reading.evidence, environment=Environment(backend=backend))
            for finding in _unfolded([*same, *_findings(evidence, _CHECKS[True]())]):
                _gather(gathered, finding, reading, backend)
    ordered = sorted(gathered.values(), key=lambda each: (each.place.line, each.place.column or 0))
    return tuple(each.judged(len(walks)) for each in ordered)


def _gather(
    gathered: dict[tuple[Any, ...], _Gathered], finding: Finding, reading: Reading, backend: str
) -> None:
    place = finding.where or _anywhere(reading.evidence)
    if place is None:
        return
    if not reading.sure and finding.certainty is not Certainty.SUSPECTED:
        finding = replace(finding, certainty=Certainty.SUSPECTED)
    key = (finding.rule, place.line, place.column)
    known = gathered.setdefault(key, _Gathered(finding, place))
    known.held.add(backend)
    known.walks.add(reading.walk)
    known.conditions = max(known.conditions, reading.conditions)
    known.asked.update(reading.backends)
    if _sureness(finding) > _sureness(known.finding):
        known.finding = finding


def _sureness(finding: Finding) -> int:
    return list(Certainty).index(finding.certainty or Certainty.SUSPECTED)


def _anywhere(evidence: Evidence) -> Place | None:
    """The compile or fit call, for a finding that names no place of its own."""
    holders = (*(output.loss for output in evidence.outputs), evidence.fit, evidence.model)
    return next((each.place for each in holders if each is not None and each.place is not None), None)


#: Causes with their own check and those for source; which need the backend is decided once.
_Checks = tuple[tuple[Rule, ...], ...]


@cache
def _on_backend() -> _Checks:
    """The checks of causes that look at the backend."""
    return tuple(checks for checks in _all_checks() if any(map(_asks_backend, checks)))


@cache
def _on_any() -> _Checks:
    """The checks of causes that do not."""
    return tuple(checks for checks in _all_checks() if not any(map(_asks_backend, checks)))


_CHECKS: dict[bool, Callable[[], _Checks]] = {True: _on_backend, False: _on_any}


def _all_checks() -> Iterator[tuple[Rule, ...]]:
    for rule in catalogue().values():
        if rule.kind == "cause":
            yield (rule, *rule.source_checks)


def _asks_backend(check: Rule) -> bool:
    return any(kind is Environment for kind, _ in check.needs.values())


def _findings(evidence: Evidence, causes: _Checks) -> Iterator[Finding]:
    """What each cause finds, by its own check or else by the one for source."""
    run = evidence.records
    outputs = [(output.name, run | output.records) for output in evidence.outputs]
    for checks in causes:
        for check in checks:
            subjects = [("", run)] if check.is_of_run or not outputs else outputs
            found = [
                replace(finding, output=name)
                for name, records in subjects
                if check.needs_met(records) and (finding := _run(check, records)) is not None
            ]
            if found:
                yield from found
                break


def _run(check: Rule, records: Mapping[type, Any]) -> Finding | None:
    try:
        return check(*(records[kind] for kind, _ in check.needs.values() if kind in records))
    except Exception:  # a rule that cannot judge this program may not end the reading of it
        return None


def _unfolded(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that an established one explains."""
    found = list(findings)
    leaders = [each for each in found if each.certainty is not Certainty.SUSPECTED]
    return [
        each for each in found if not any(folds(lead, each) and not folds(each, lead) for lead in leaders)
    ]
