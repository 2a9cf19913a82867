"""How well a broken program was told its fault, and whether a sound one was told any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from programs import Outcome, Program

#: What is claimed of a sound program: what is only suspected says so itself.
SURE = {"confirmed", "proved", "measured"}


@dataclass(frozen=True)
class Score:
    """`place` of the cause among those told, from 1, 0 where it was not told; whether its `line` is that of
    the fault, None where the program has no one line or the cause was not told; what `leads`; whether the
    line of the fault is that or one of those that the value came through: it stands in the `chain`.
    """

    place: int
    line: bool | None
    leads: str
    chain: bool | None = None


def score(program: Program, outcome: Outcome, expect: Mapping[str, Any]) -> Score:
    """Hold what a program was told against its expect.toml.

    The line of the fault stands in the program, or in the `file` beside it that is expected.
    """
    causes = outcome.judged["causes"]
    names = [each["rule"] for each in causes]
    right = {expect["cause"], *expect.get("accept", ())}
    place = next((at for at, name in enumerate(names, start=1) if name in right), 0)
    fault = expect.get("line", expect.get("lint"))
    line = chain = None
    if place and fault is not None:
        faults = [fault] if isinstance(fault, str) else fault
        where = causes[place - 1]["where"]
        told = [] if where is None else [where, *where.get("because", ())]
        said = [_names(each, program, expect.get("file", program.path.name), faults) for each in told]
        line, chain = any(said[:1]), any(said)
    leads = f"{names[0]} ({causes[0]['certainty']})" if causes else "-"
    return Score(place, line, leads, chain)


def _names(told: Mapping[str, Any], program: Program, file: str, faults: Sequence[str]) -> bool:
    """Whether a place that was told is one of these lines of a file of the program."""
    if Path(told["file"]).name != file:
        return False
    beside = program.path.with_name(file)
    text = program.source if file == program.path.name else beside.read_text(encoding="utf-8")
    said = text.splitlines()[told["line"] - 1]
    return any(each in said for each in faults)


def told_of_sound(outcome: Outcome) -> list[str]:
    """What a sound program was surely told, by rule."""
    return [cause["rule"] for run in outcome.runs for cause in run["causes"] if cause["certainty"] in SURE]


def totals(scores: Sequence[Score]) -> list[str]:
    """What was hit, how often, of how many: a line each."""
    placed = [each.line for each in scores if each.line is not None]
    chained = [each.chain for each in scores if each.chain is not None]
    counts = {
        "named first": (sum(each.place == 1 for each in scores), len(scores)),
        "named among the first three": (sum(0 < each.place <= 3 for each in scores), len(scores)),
        "at its line": (sum(placed), len(placed)),
        "that line in the chain": (sum(chained), len(chained)),
    }
    return [
        f"{name:<28} {count:>3} of {of}, {100 * count / max(of, 1):.0f} %"
        for name, (count, of) in counts.items()
    ]
