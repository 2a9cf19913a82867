"""Does the proof confirm the cure? A table of cause, before, after and seconds, for shipped examples.

    python bench/proof.py [--backend NAME ...] [--budget SECONDS] [--clinic] [--load] [part of a name ...]

Each example is run as a user would, `unstuck run --budget SECONDS example.py`, in a process of its
own with the arguments of the whole-program tests. "before" and "after" are the trial's figures
without and with the remedy; the verdict is that of the first cause; "healed by" is the smallest set
of remedies after which no symptom was left. The line ends with the seconds of the whole run and those
that its processes spent computing: on a loaded machine these say what it would take alone. With
--clinic the broken programs of tests/clinic are added. With --load each program is run a second time,
beside a busy loop on every processor; "loaded" is its verdict then. The last line counts the programs whose
first cause was confirmed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BACKENDS = ("torch", "jax", "tensorflow")


def main() -> None:
    """Run everything asked for and print a line for each cause."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--backend", action="append", choices=BACKENDS)
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--clinic", action="store_true")
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder for the cases")
    parser.add_argument("parts", nargs="*")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, budget {asked.budget:g} s")
    print(
        f"{'backend':<11} {'program':<42} {'cause':<34} {'verdict':<14} {'loaded':<14} {'before':>13} "
        f"{'after':>13} {'s':>5}"
    )
    confirmed: dict[str, list[bool]] = {"alone": [], "loaded": []}
    for backend in asked.backend or BACKENDS:
        for name, script, arguments in programs(asked.clinic):
            if not asked.parts or any(part in name for part in asked.parts):
                alone = run(backend, name, script, arguments, asked)
                confirmed["alone"].append(_is_confirmed(alone[0]))
                loaded: dict[str, Any] = {}
                if asked.load:
                    with busy():
                        loaded = run(backend, f"{name}-loaded", script, arguments, asked)[0]
                    confirmed["loaded"].append(_is_confirmed(loaded))
                tell(backend, name, *alone, loaded)
    for how, each in confirmed.items():
        if each:
            print(f"{how}: {sum(each)} of {len(each)} confirmed")


def programs(clinic: bool) -> list[tuple[str, Path, list[str]]]:
    """(name, script, arguments) of the examples, and of the clinic's broken programs if asked for."""
    table = tomllib.loads((ROOT / "tests" / "clinic" / "examples.toml").read_text())
    found = []
    for script in sorted((ROOT / "examples").rglob("*.py")):
        name = str(script.relative_to(ROOT / "examples").with_suffix(""))
        found.append((name, script, [str(each) for each in table.get(name, {}).get("arguments", ())]))
    if clinic:
        found += [
            (each.parent.name, each, []) for each in sorted((ROOT / "tests" / "clinic").glob("*/broken.py"))
        ]
    return found


def run(
    backend: str, name: str, script: Path, arguments: list[str], asked: argparse.Namespace
) -> tuple[dict[str, Any], float, float]:
    """The first run of the Case, the seconds that all of it took, and the CPU seconds of its processes."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "case.json"
        command = [sys.executable, "-m", "unstuck", "run", "--quiet", "--no-html", "--json", str(target)]
        command += ["--budget", str(asked.budget), str(script), *arguments]
        environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
        started, spent = time.perf_counter(), computing()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if not target.exists():
            return {"headline": done.stderr[-200:]}, time.perf_counter() - started, computing() - spent
        case = json.loads(target.read_text())
        if asked.keep:
            asked.keep.mkdir(parents=True, exist_ok=True)
            (asked.keep / f"{backend}-{name.replace('/', '-')}.json").write_text(target.read_text())
    worst = next((each for each in case["runs"] if each["status"] != "healthy"), case["runs"][0])
    return worst, time.perf_counter() - started, computing() - spent


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """A process for each processor that never rests."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _is_confirmed(run: dict[str, Any]) -> bool:
    """Whether the first cause is."""
    return bool(run.get("causes")) and run["causes"][0]["certainty"] == "confirmed"


def computing() -> float:
    """CPU seconds of all ended processes that were started from here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tell(
    backend: str, name: str, run: dict[str, Any], seconds: float, cpu: float, loaded: dict[str, Any]
) -> None:
    """A line for each cause, the proof's sentences below."""
    proof = run.get("proof") or {}
    beside = {(cause["rule"], cause["output"]): verdict(cause) for cause in loaded.get("causes", [])}
    for at, cause in enumerate(run.get("causes", []) or [{}]):
        trial = (cause.get("trials") or [{}])[-1]
        cells = (
            f"{backend if not at else '':<11} {name if not at else '':<42} {cause.get('rule', '-'):<34}",
            f"{verdict(cause):<14} {beside.get((cause.get('rule'), cause.get('output')), '-'):<14}",
            f"{span(trial.get('control')):>13} {span(trial.get('treated')):>13}",
            f"{proof.get('seconds', 0.0) if not at else 0:>5.0f}",
        )
        print(" ".join(cells))
    together = proof.get("together")
    if together:
        figures = f"{span(together['control']):>13} {span(together['treated']):>13}"
        print(f"{'':<11} {'':<42} {'all of them together':<34} {together['verdict']:<29} {figures}")
    for cause in run.get("refuted", []):
        print(f"{'':<11} {'':<42} {cause['rule']:<34} refuted")
    told = ", ".join(proof.get("healed_by", ())) or proof.get("says", run.get("headline", ""))
    print(f"{'':<11} healed by: {told}  [{seconds:.0f} s in all, CPU {cpu:.0f} s]", flush=True)
    if loaded:
        says = (loaded.get("proof") or {}).get("says", loaded.get("headline"))
        print(f"{'':<11} loaded: {says}", flush=True)


def verdict(cause: dict[str, Any]) -> str:
    """What became of a cause: its last trial's verdict, or how sure it is without one."""
    return str((cause.get("trials") or [cause])[-1].get("verdict", cause.get("certainty", "-")))


def span(values: list[float | None] | None) -> str:
    """The least and the largest of the values."""
    known = [value for value in values or () if value is not None]
    return f"{min(known):.2f}..{max(known):.2f}" if known else "-"


if __name__ == "__main__":
    main()
