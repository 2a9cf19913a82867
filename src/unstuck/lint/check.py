"""One file: read, judged, its findings placed and given their fixes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from unstuck.judgement.findings import Certainty
from unstuck.lint.files import Unit, read
from unstuck.lint.judge import Judged, judged
from unstuck.lint.record import FixRecord, LintFinding, Sureness
from unstuck.lint.settings import Settings, allowed
from unstuck.reading import Reading, read_text

#: A program that trains with Keras names it somewhere; one that was pasted without imports names a model.
_NAMES = ("keras", "Keras", "Sequential")

#: One that imports its model from a file of its own calls these.
_CALLS = (".compile(", ".fit(")


class Checked(NamedTuple):
    """What came of one file: the findings in the order of the text, and why it could not be read ("" if it
    could). `trainings` counts those that were read, `partly` those of them that were read in part only, and
    `in_part` says why. `looked_for` are the files of the project that it might import, there or not.
    """

    found: list[Found]
    problem: str = ""
    trainings: int = 0
    partly: int = 0
    in_part: tuple[str, ...] = ()
    looked_for: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """A finding in a file. `head` is without its fix, which takes the longest: `record` has it. `elsewhere`
    says that it stands in another file than the one that was checked, where nothing is edited. `judged` is
    None for one that was read in another process or before, whose `known` record has its fix.
    """

    head: LintFinding
    judged: Judged | None
    unit: Unit
    sources: Callable[[], Any]
    elsewhere: bool = False
    known: LintFinding | None = None

    @cached_property
    def record(self) -> LintFinding:
        """The finding with its fix."""
        if self.known is not None:
            return self.known
        return msgspec.structs.replace(self.head, fix=_fix(self))


def may_train(unit: Unit) -> bool:
    """Whether a text names anything that makes or trains a model."""
    return any(name in unit.text for name in _NAMES) or all(call in unit.text for call in _CALLS)


def check(unit: Unit, settings: Settings) -> Checked:
    """The findings in a file. Nothing of the file is executed."""
    if unit.problem:
        return Checked([], unit.problem)
    if not may_train(unit):
        return Checked([])
    try:
        with _collected_later():
            readings = read_text(unit.text, unit.file, follows=not (unit.pasted or unit.is_notebook))
            found = judged(readings)
    except SyntaxError as error:
        return Checked([], f"it is no valid Python (line {error.lineno})" if error.lineno else str(error.msg))
    except RecursionError:
        return Checked([], "it is nested too deeply")
    looked_for = frozenset(file for each in readings for file in each.looked_for)
    return Checked(list(_told(found, unit, settings)), "", *_coverage(readings), looked_for)


@contextmanager
def _collected_later() -> Iterator[None]:
    """Without a search for circular garbage, of which reading a file makes next to none.

    A tree has tens of thousands of nodes: while they come into being, Python would go through all that the
    process holds again and again, which takes three quarters of the time of parsing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _coverage(readings: Iterable[Reading]) -> tuple[int, int, tuple[str, ...]]:
    """How many trainings were read, how many of them in part only, and the reasons for that."""
    trainings: set[tuple[int, int | None]] = set()
    shown_in: set[tuple[int, int | None]] = set()
    doubted: set[tuple[int, int | None]] = set()
    reasons: set[str] = set()
    for each in readings:
        reasons.update(each.left_out)
        place = each.evidence.fit.place if each.trains and each.evidence.fit is not None else None
        if place is not None:
            trainings.add((place.line, place.column))
            reasons.update(
                f"{doubt}, so what is found in this training is only suspected" for doubt in each.doubts
            )
            if each.doubts:
                doubted.add((place.line, place.column))
            if any(output.head for output in each.evidence.outputs):
                shown_in.add((place.line, place.column))
    doubted |= trainings - shown_in
    hidden = sorted(line for line, _ in trainings - shown_in)
    reasons |= {f"how the model ends that line {line} trains does not stand in the file" for line in hidden}
    return len(trainings), len(doubted), tuple(sorted(reasons))


def _told(found: tuple[Judged, ...], unit: Unit, settings: Settings) -> Iterator[Found]:
    here, elsewhere = _Text.of(unit), cache(_read_elsewhere)
    for each in found:
        rule, place = each.finding.rule, each.place
        told_of = here if place.file == unit.file else elsewhere(place.file)
        unit, lines, comments, sources = told_of.unit, told_of.lines, told_of.comments, told_of.sources
        spanned = range(place.line, (place.end_line or place.line) + 1)
        permitted = any(rule in comments.get(line, ()) for line in spanned)
        if not permitted and settings.wants(rule, unit.file):
            yield Found(_record(each, unit, lines), each, unit, sources, told_of is not here)


@dataclass(frozen=True)
class _Text:
    """A file with its lines, what its comments allow, and a reader of it."""

    unit: Unit
    lines: list[str]
    comments: dict[int, frozenset[str]]
    sources: Callable[[], Any]

    @classmethod
    def of(cls, unit: Unit) -> _Text:
        return cls(unit, unit.text.split("\n"), allowed(unit.text), cache(partial(sources_of, unit)))


def _read_elsewhere(file: str) -> _Text:
    """The file of the project in which a model stands that another file trains."""
    return _Text.of(read(file))


def sources_of(unit: Unit) -> Any:
    """A reader of the file for those who write fixes. It takes a quarter of a second to import."""
    from unstuck.evidence.source import Source, SourceReader

    class Pasted(SourceReader):
        def read(self, file: str) -> Source:
            return given if file == unit.file else super().read(file)

    given = Source(unit.file, unit.text)
    return (Pasted if unit.pasted else SourceReader)(main=unit.file)


def _record(found: Judged, unit: Unit, lines: list[str]) -> LintFinding:
    place = found.place
    end_line, end_column = place.end_line or place.line, place.end_column
    cell, line = unit.cells[place.line - 1] if unit.cells else (None, place.line)
    shift = place.line - line
    return LintFinding(
        rule=found.finding.rule,
        certainty=_SURENESS[found.finding.certainty],
        file=shown(unit.file),
        line=line,
        column=_column(lines, place.line, place.column or 0),
        end_line=end_line - shift,
        end_column=_column(lines, end_line, end_column if end_column is not None else 0),
        says=found.says,
        cell=cell,
        backends=list(found.backends),
    )


#: Remedies that change one argument and nothing that it stands with.
_SAFE = frozenset({"set-output-activation", "set-metrics"})

#: A finding in source cannot be confirmed: nothing was tried.
_SURENESS: dict[Certainty | None, Sureness] = {
    Certainty.CONFIRMED: "proved",
    Certainty.PROVED: "proved",
    Certainty.MEASURED: "measured",
    Certainty.SUSPECTED: "suspected",
    None: "suspected",
}


def _column(lines: list[str], line: int, column: int) -> int:
    """A column in characters from 1, from one in bytes from 0."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore")) + 1


def _fix(told: Found) -> FixRecord | None:
    """The first remedy, with its diff where it can be placed exactly and the file may be edited."""
    found = told.judged
    if found is None or not found.finding.remedies:
        return None
    from unstuck.case.recording import write
    from unstuck.remedies.remedy import catalogue

    proposal = found.finding.remedies[0]
    if told.unit.is_notebook or told.elsewhere:
        steps = (proposal, *proposal.also)
        says = dict.fromkeys(catalogue()[step.remedy].says(step.values) for step in steps)
        return FixRecord(remedy=proposal.remedy, says=" ".join(says))
    written = write(proposal, told.sources())
    certain = found.finding.certainty in (Certainty.PROVED, Certainty.MEASURED)
    safe = certain and written.diff is not None and not found.backends and written.name in _SAFE
    return FixRecord(remedy=written.name, says=written.says, safe=safe, diff=written.diff)


def shown(file: str) -> str:
    """A file's name as it can be printed and written to JSON, whatever bytes it is made of."""
    return Path(file).as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
