"""What is told when? A table over the broken programs of tests/clinic: before the first step, in the first
epoch, later while it trains, or at the end.

    python bench/told.py [--only NAME ...] [--backend torch]
    python bench/told.py --healthy

For each program its own cause, as expect.toml names it: when it was told first, after how many seconds of
fit, how sure it is at the end; and what else was told early. With --healthy the programs are those in which
nothing is wrong, tests/healthy and the cured ones of tests/clinic: whatever is told early there is a defect.
Exits with 1 where something was told that the end of the training took back.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from programs import Outcome, Program, Programs, missing  # noqa: E402

WHEN = ("before the first step", "in epoch 1", "while it trains", "at the end", "never")


def main() -> int:
    """Run the programs and print the table; 1 where something told early did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--backend", default="torch", choices=("torch", "jax", "tensorflow"))
    parser.add_argument("--healthy", action="store_true", help="programs in which nothing is wrong")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        programs = Programs(Path(scratch), {})
        try:
            show = _healthy if given.healthy else _clinic
            return show(programs, given.only, given.backend)
        finally:
            programs.stop()


def _clinic(programs: Programs, only: list[str], backend: str) -> int:
    tally, sure, wrong = Counter[str](), Counter[str](), 0
    print(f"{'program':<42}{'its cause is told':<24}{'after':>8}  {'at the end':<12}also told early")
    for folder in sorted((TESTS / "clinic").glob("*/expect.toml")):
        expect, name = tomllib.loads(folder.read_text()), folder.parent.name
        program = Program(folder.with_name("broken.py"), backend)
        if not _wanted(name, only) or {"only", "budget"} & expect.keys() or missing(program):
            continue
        if backend not in expect.get("backends", [backend]):
            continue
        outcome = programs.outcome(program)
        names = {expect["cause"], *expect.get("accept", ())}
        when, seconds, certainty = _when(outcome, names)
        others = sorted({each["rule"] for each in _told(outcome)} - names)
        taken = _taken_back(outcome)
        after = f"{seconds:.2f} s" if seconds is not None else ""
        said = ", ".join(f"{each} (TAKEN BACK)" if each in taken else each for each in others)
        print(f"{name:<42}{when:<24}{after:>8}  {certainty:<12}{said}", flush=True)
        tally[when] += 1
        sure[when] += certainty in ("proved", "confirmed")
        wrong += bool(taken)
    print()
    for when in WHEN:
        print(f"{when:<24}{tally[when]:>4}, {sure[when]} of them proved at the end")
    return int(wrong > 0)


def _healthy(programs: Programs, only: list[str], backend: str) -> int:
    paths = sorted((TESTS / "healthy").glob("*.py")) + sorted((TESTS / "clinic").glob("*/fixed.py"))
    wrong = looked = 0
    for path in paths:
        program, name = Program(path, backend), "/".join(path.with_suffix("").parts[-2:])
        if not _wanted(name, only) or missing(program):
            continue
        outcome = programs.outcome(program)
        looked += 1
        told = [f"{each['rule']} at step {each['step']:,}" for each in _told(outcome)]
        errors = [f"{each['where']}: {each['error']}" for run in outcome.runs for each in run["errors"]]
        if told or errors:
            print(f"{name:<60}{'; '.join(told + errors)}", flush=True)
        wrong += bool(told)
    print(f"{wrong} of {looked} programs in which nothing is wrong were told something early")
    return int(wrong > 0)


def _wanted(name: str, only: list[str]) -> bool:
    return not only or any(each in name for each in only)


def _told(outcome: Outcome) -> list[dict[str, Any]]:
    return [each for run in outcome.runs for each in run.get("told", ())]


def _when(outcome: Outcome, names: set[str]) -> tuple[str, float | None, str]:
    """When a cause of these names was told first, the seconds since fit was called, how sure it is."""
    causes = [each for run in outcome.runs for each in run["causes"] if each["rule"] in names]
    certainty = causes[0]["certainty"] if causes else ""
    told = next((each for each in _told(outcome) if each["rule"] in names), None)
    if told is None:
        return ("at the end" if causes else "never"), None, certainty
    when = WHEN[0] if not told["step"] else WHEN[1] if told["epoch"] <= 1 else WHEN[2]
    return when, told["seconds"], certainty


def _taken_back(outcome: Outcome) -> set[str]:
    """Rules that were told early of a fit and that its end does not bear out."""
    found = set()
    for run in outcome.runs:
        folded = [each for each in run["notes"] if each["explained_by"]]
        stands = {each["rule"] for each in (*run["causes"], *folded)}
        found |= {each["rule"] for each in run.get("told", ())} - stands
    return found


if __name__ == "__main__":
    sys.exit(main())
