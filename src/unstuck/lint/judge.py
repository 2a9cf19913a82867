"""The rules on evidence that came from source: no training has been seen, so no symptom either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from unstuck.evidence.facts import Environment, Evidence, Place
from unstuck.findings import Certainty, Finding, folds
from unstuck.reading import Reading
from unstuck.rules.rule import Rule, catalogue, subjects

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


def judged(readings: Iterable[Reading]) -> tuple[Judged, ...]:
    """What the rules find in the trainings of one file, in the order of the text.

    The same defect at the same place is told once, however many paths lead there.
    """
    gathered: dict[tuple[Any, ...], _Gathered] = {}
    for reading in readings:
        for backend in reading.backends:
            environment = Environment(backend=backend)
            found = _unfolded(_findings(replace(reading.evidence, environment=environment)))
            for finding in found:
                _gather(gathered, finding, reading, backend)
    ordered = sorted(gathered.values(), key=lambda each: (each.place.line, each.place.column or 0))
    return tuple(
        Judged(each.finding, each.place, () if each.held >= each.asked else tuple(sorted(each.held)))
        for each in ordered
    )


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
    known.asked.update(reading.backends)
    if _sureness(finding) > _sureness(known.finding):
        known.finding = finding


def _sureness(finding: Finding) -> int:
    return list(Certainty).index(finding.certainty or Certainty.SUSPECTED)


def _anywhere(evidence: Evidence) -> Place | None:
    """The compile or fit call, for a finding that names no place of its own."""
    holders = (*(output.loss for output in evidence.outputs), evidence.fit, evidence.model)
    return next((each.place for each in holders if each is not None and each.place is not None), None)


def _findings(evidence: Evidence) -> Iterator[Finding]:
    """What each cause finds, by its own check or else by the one for source."""
    for rule in catalogue().values():
        if rule.kind == "cause":
            yield from _of_rule(rule, evidence)


def _of_rule(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    for check in (rule, *rule.source_checks):
        found = [
            replace(finding, output=name)
            for name, records in subjects(check, evidence)
            if check.needs_met(records) and (finding := _run(check, records)) is not None
        ]
        if found:
            yield from found
            return


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
