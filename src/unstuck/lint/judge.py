"""The rules on evidence that came from source: no training has been seen, so no symptom either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from unstuck.evidence.facts import Environment, Evidence, Place
from unstuck.judgement.findings import Certainty, Finding, rank
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
    known: dict[int, tuple[Evidence, tuple[tuple[str, Finding], ...]]] = {}
    for reading in readings:
        walks.add(reading.walk)
        if not reading.trains:
            continue  # a part of another model, features that are read off: not meant to learn as it is
        key = id(reading.evidence)  # several ways through a file may lead to the same training
        if key not in known:
            known[key] = reading.evidence, tuple(_ranked(reading))
        for backend, finding in known[key][1]:
            _gather(gathered, finding, reading, backend)
    ordered = sorted(gathered.values(), key=lambda each: (each.place.line, each.place.column or 0))
    return tuple(each.judged(len(walks)) for each in ordered)


def _ranked(reading: Reading) -> Iterator[tuple[str, Finding]]:
    """The findings in one training on each backend."""
    same = list(_findings(reading.evidence, _checks(False)))
    for backend in reading.backends:
        evidence = replace(reading.evidence, environment=Environment(backend=backend))
        ranked = rank((), [*same, *_findings(evidence, _checks(True))], gated=False)
        for finding in (*ranked.causes, *ranked.notes):
            yield backend, finding


def _gather(
    gathered: dict[tuple[Any, ...], _Gathered], finding: Finding, reading: Reading, backend: str
) -> None:
    place = finding.where or _anywhere(reading.evidence)
    if place is None:
        return
    # Nothing is measured where nothing ran.
    unsure = not reading.sure or finding.certainty is Certainty.MEASURED
    if unsure and finding.certainty is not Certainty.SUSPECTED:
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


@dataclass(frozen=True)
class _Check:
    """One check, with what deciding whether it can be run needs."""

    rule: Rule
    required: frozenset[type]
    of_run: bool

    @classmethod
    def of(cls, rule: Rule) -> _Check:
        required = (kind for kind, required in rule.needs.values() if required)
        return cls(rule, frozenset(required), rule.is_of_run)


#: Of each cause its own check and those for source.
_Checks = tuple[tuple[_Check, ...], ...]


@cache
def _checks(on_backend: bool) -> _Checks:
    """The checks of those causes that look at the backend, or of those that do not."""
    causes = ((rule, *rule.source_checks) for rule in catalogue().values() if rule.kind == "cause")
    chosen = (checks for checks in causes if any(map(_asks_backend, checks)) is on_backend)
    return tuple(tuple(map(_Check.of, checks)) for checks in chosen)


def _asks_backend(check: Rule) -> bool:
    return any(kind is Environment for kind, _ in check.needs.values())


def _findings(evidence: Evidence, causes: _Checks) -> Iterator[Finding]:
    """What each cause finds, by its own check or else by the one for source."""
    run = evidence.records
    whole = [("", run)]
    outputs = [(output.name, run | output.records) for output in evidence.outputs] or whole
    for checks in causes:
        for check in checks:
            found = [
                replace(finding, output=name)
                for name, records in (whole if check.of_run else outputs)
                if check.required <= records.keys() and (finding := _run(check.rule, records)) is not None
            ]
            if found:
                yield from found
                break


def _run(rule: Rule, records: Mapping[type, Any]) -> Finding | None:
    try:
        return rule.on(records)
    except Exception:  # a rule that cannot judge this program may not end the reading of it
        return None
