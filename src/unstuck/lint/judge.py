"""The rules on evidence that came from source: no training has been seen, so no symptom either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from unstuck.evidence.facts import Environment, Evidence, Place
from unstuck.judgement.findings import Certainty, Finding, Judgement, rank
from unstuck.reading import BACKENDS, Reading
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
    rules = _RulesOnFile()
    for reading in readings:
        walks.add(reading.walk)
        if not reading.trains:
            continue  # a part of another model, features that are read off: not meant to learn as it is
        for backend, finding in rules.ranked(reading.evidence, reading.backends):
            _gather(gathered, finding, reading, backend)
    ordered = sorted(gathered.values(), key=lambda each: (each.place.line, each.place.column or 0))
    return tuple(each.judged(len(walks)) for each in ordered)


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
    """One check, with the kinds of records that it reads, and those of them that it cannot do without."""

    rule: Rule
    reads: tuple[type, ...]
    required: frozenset[type]
    of_run: bool

    @classmethod
    def of(cls, rule: Rule) -> _Check:
        reads = tuple(kind for kind, _ in rule.needs.values())
        required = (kind for kind, required in rule.needs.values() if required)
        return cls(rule, reads, frozenset(required), rule.is_of_run)


#: Of each cause its own check and those for source.
_Checks = tuple[tuple[_Check, ...], ...]


@cache
def _checks(on_backend: bool) -> _Checks:
    """The checks of those causes that look at the backend, or of those that do not."""
    causes = ((rule, *rule.source_checks) for rule in catalogue().values() if rule.kind == "cause")
    chosen = (checks for checks in causes if any(map(_asks_backend, checks)) is on_backend)
    return tuple(tuple(map(_Check.of, checks)) for checks in chosen)


@cache
def _checks_of(on_backend: bool, kinds: frozenset[type]) -> _Checks:
    """Those of the checks that can be run on records of these kinds."""
    able = (tuple(each for each in checks if each.required <= kinds) for checks in _checks(on_backend))
    return tuple(checks for checks in able if checks)


def _asks_backend(check: Rule) -> bool:
    return any(kind is Environment for kind, _ in check.needs.values())


_Records = dict[type, Any]
_Found = tuple[tuple[str, Finding], ...]


class _RulesOnFile:
    """The rules on the trainings of one file.

    These share most of their records: a search tries one model with several rates, several ways through a
    file lead to the same call of fit. Rules are pure, so what was found in records is found in equal ones.
    """

    def __init__(self) -> None:
        self._distinct: dict[type, list[Any]] = defaultdict(list)
        self._quiet: set[tuple[int, ...]] = set()
        self._ranked: dict[Any, _Found] = {}
        self._evidence: dict[int, tuple[Evidence, _Found]] = {}

    def ranked(self, evidence: Evidence, backends: tuple[str, ...]) -> _Found:
        """The findings in one training on each backend."""
        known = self._evidence.get(id(evidence))
        if known is None:
            known = self._evidence[id(evidence)] = evidence, self._of_records(evidence, backends)
        return known[1]

    def _of_records(self, evidence: Evidence, backends: tuple[str, ...]) -> _Found:
        run = self._one_of_equals(evidence.records)
        outputs = [(each.name, run | self._one_of_equals(each.records)) for each in evidence.outputs]
        key = (backends, *((name, *map(id, records.values())) for name, records in [("", run), *outputs]))
        if key not in self._ranked:
            self._ranked[key] = tuple(self._on_backends(run, outputs or [("", run)], backends))
        return self._ranked[key]

    def _one_of_equals(self, records: _Records) -> _Records:
        """The records, each as the first one that was seen equal to it."""
        for kind, record in records.items():
            seen = self._distinct[kind]
            first = next((each for each in seen if each == record), None)
            if first is None:
                seen.append(record)
            else:
                records[kind] = first
        return records

    def _on_backends(
        self, run: _Records, outputs: list[tuple[str, _Records]], backends: tuple[str, ...]
    ) -> Iterator[tuple[str, Finding]]:
        same = list(self._findings(run, outputs, on_backend=False))
        common = rank((), same, gated=False) if same else Judgement()
        for backend in backends:
            environment = {Environment: _ENVIRONMENTS[backend]}
            there = [(name, environment | records) for name, records in outputs]
            more = list(self._findings(environment | run, there, on_backend=True))
            ranked = rank((), [*same, *more], gated=False) if more else common
            for finding in (*ranked.causes, *ranked.notes):
                yield backend, finding

    def _findings(
        self, run: _Records, outputs: list[tuple[str, _Records]], *, on_backend: bool
    ) -> Iterator[Finding]:
        """What each cause finds, by its own check or else by the one for source."""
        kinds = frozenset(run).union(*(records for _, records in outputs))
        for checks in _checks_of(on_backend, kinds):
            for check in checks:
                found = [
                    replace(finding, output=name)
                    for name, records in ([("", run)] if check.of_run else outputs)
                    if (finding := self._found(check, records)) is not None
                ]
                if found:
                    yield from found
                    break

    def _found(self, check: _Check, records: _Records) -> Finding | None:
        if not check.required <= records.keys():
            return None
        asked = (id(check), *[id(records.get(kind)) for kind in check.reads])
        if asked in self._quiet:
            return None
        try:
            finding = check.rule.on(records)
        except Exception:  # a rule that cannot judge this program may not end the reading of it
            finding = None
        if finding is None:
            self._quiet.add(asked)
        return finding


_ENVIRONMENTS = {backend: Environment(backend=backend) for backend in BACKENDS}
