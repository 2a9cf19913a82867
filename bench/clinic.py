"""Which causes of tests/clinic or styles does `unstuck run` name, and what does it say of sound programs?"""

from __future__ import annotations

import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from programs import Outcome, Program, Programs, backends_named, kept_in, missing  # noqa: E402 (stands in tests)
from scores import Score, score, told_of_sound, totals  # noqa: E402


def table(only: Sequence[str], *, backend: str, workers: int, cases: str = "clinic") -> None:
    """Run the programs on a backend and print what was said of them, with the totals.

    Only those are proved that have a budget for it. `cases` is their folder in tests; the healthy programs
    are run beside those of the clinic.
    """
    started = time.perf_counter()
    expected = dict(_expected(only, backend, cases))
    sound = {folder: Program(TESTS / cases / folder / "fixed.py", backend) for folder in expected}
    healthy = dict(_healthy(backend)) if cases == "clinic" and not only else {}
    broken = {
        folder: Program(TESTS / cases / folder / "broken.py", backend, budget=expect.get("budget"))
        for folder, expect in expected.items()
    }
    outcomes = _outcomes([*broken.values(), *sound.values(), *healthy.values()], workers)
    print(f"{'program on ' + backend:<42} {'place':<6} {'line':<5} {'fixed':<6} what leads of the broken one")
    scores = [_row(folder, outcomes, expected[folder], broken, sound) for folder in expected]
    print("\n".join(totals(scores)))
    for name, programs in (("fixed programs", sound), ("healthy programs", healthy)):
        ran = [each for each in programs.values() if each in outcomes]
        false = [each for each in ran if told_of_sound(outcomes[each])]
        print(f"{name:<28} {len(ran)} run, {len(false)} told a cause{''.join(f', {each}' for each in false)}")
    print(f"{time.perf_counter() - started:.0f} s")


def _row(
    folder: str,
    outcomes: dict[Program, Outcome],
    expect: dict[str, Any],
    broken: dict[str, Program],
    sound: dict[str, Program],
) -> Score:
    program = broken[folder]
    if program not in outcomes:
        print(f"{folder:<42} {'-':<6} {'-':<5} {'-':<6} wrote no case")
        return Score(0, None, "")
    scored = score(program, outcomes[program], expect)
    fixed = outcomes.get(sound[folder])
    quiet = "-" if fixed is None else "told" if told_of_sound(fixed) else "quiet"
    line = "" if scored.line is None else "yes" if scored.line else "chain" if scored.chain else "no"
    print(f"{folder:<42} {scored.place or '-':<6} {line:<5} {quiet:<6} {scored.leads}")
    return scored


def _expected(only: Sequence[str], backend: str, cases: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each case that shows on this backend, with what is expected of it."""
    for file in sorted((TESTS / cases).glob("*/expect.toml")):
        expect = tomllib.loads(file.read_text(encoding="utf-8"))
        if only and file.parent.name not in only:
            continue
        if "only" not in expect and backend in expect.get("backends", [backend]):
            yield file.parent.name, expect


def _healthy(backend: str) -> Iterator[tuple[str, Program]]:
    """The healthy programs that do not ask for another backend."""
    for path in sorted((TESTS / "healthy").glob("*.py")):
        program = Program(path, backend)
        if backend in (backends_named(program.source) or [backend]):
            yield path.stem, program


def _outcomes(programs: Sequence[Program], workers: int) -> dict[Program, Outcome]:
    """What came of each program that can run here; one that writes no case is told and left out."""
    able = [each for each in programs if not missing(each)]
    with tempfile.TemporaryDirectory() as scratch:
        variables = {**kept_in(f"{scratch}/compiled"), "UNSTUCK_CACHE": f"{scratch}/cache"}
        runners = [Programs(Path(scratch), variables) for _ in range(workers)]

        def share(start: int) -> dict[Program, Outcome]:
            held = {}
            for each in able[start::workers]:
                try:
                    outcome = runners[start].outcome(each)
                except AssertionError as error:
                    print(f"{each}: {str(error).splitlines()[0]}", file=sys.stderr)
                    continue
                if outcome.runs:
                    held[each] = outcome
                else:
                    print(f"{each}: no fit was seen: {outcome.output[-300:]}", file=sys.stderr)
            return held

        try:
            with ThreadPoolExecutor(workers) as pool:
                return {
                    each: outcome
                    for held in pool.map(share, range(workers))
                    for each, outcome in held.items()
                }
        finally:
            for each in runners:
                each.stop()
