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
    the fault, None where the program has no one line or the cause was not told; what `leads`.
    """

    place: int
    line: bool | None
    leads: str


def score(program: Program, outcome: Outcome, expect: Mapping[str, Any]) -> Score:
    """Hold what a program was told against its expect.toml."""
    causes = outcome.judged["causes"]
    names = [each["rule"] for each in causes]
    right = {expect["cause"], *expect.get("accept", ())}
    place = next((at for at, name in enumerate(names, start=1) if name in right), 0)
    fault = expect.get("line", expect.get("lint"))
    line = None
    if place and fault is not None:
        where = causes[place - 1]["where"]
        here = where is not None and Path(where["file"]).name == program.path.name
        said = program.source.splitlines()[where["line"] - 1] if here else ""
        line = any(each in said for each in ([fault] if isinstance(fault, str) else fault))
    leads = f"{names[0]} ({causes[0]['certainty']})" if causes else "-"
    return Score(place, line, leads)


def told_of_sound(outcome: Outcome) -> list[str]:
    """What a sound program was surely told, by rule."""
    return [cause["rule"] for run in outcome.runs for cause in run["causes"] if cause["certainty"] in SURE]


def totals(scores: Sequence[Score]) -> list[str]:
    """What was hit, how often, of how many: a line each."""
    placed = [each.line for each in scores if each.line is not None]
    counts = {
        "named first": (sum(each.place == 1 for each in scores), len(scores)),
        "named among the first three": (sum(0 < each.place <= 3 for each in scores), len(scores)),
        "at its line": (sum(placed), len(placed)),
    }
    return [
        f"{name:<28} {count:>3} of {of}, {100 * count / max(of, 1):.0f} %"
        for name, (count, of) in counts.items()
    ]
