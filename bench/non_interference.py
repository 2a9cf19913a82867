"""Does watching change anything? Runs the same programs alone and watched, and compares every bit.

    python bench/non_interference.py [--only PROGRAM] [backend ...]

For every backend that is installed the programs of bench/interference/ run in three processes: alone,
under `unstuck run` and with `unstuck.Watch()`. Compared are what each returned (weights, histories, how
often the user's code was called), what it printed, the random streams and the state of the process. A
program that differs runs alone once more: what is not the same even then tells nothing, and is "unclear".
Prints a table and the counts; exits with 1 when watching made a difference.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

BACKENDS = ("torch", "jax", "tensorflow")

HERE = Path(__file__).resolve().parent

#: How each of the processes is started, before the script's own arguments.
MODES = {
    "alone": ([], "alone"),
    "run": (["-m", "unstuck", "run", "--no-prove", "--no-html", "--quiet"], "alone"),
    "Watch": ([], "watch"),
}

Outcomes = dict[str, dict[str, str]]


def main() -> int:
    """Compare on each backend; 1 when anything differs."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("backend", nargs="*", choices=BACKENDS, help="all that are installed if none")
    parser.add_argument("--only", action="append", default=[], metavar="PROGRAM")
    asked = parser.parse_args()
    names, backends = asked.only, asked.backend or list(BACKENDS)
    tally: Counter[str] = Counter()
    print(f"{'backend':<12}{'program':<62}{'run':<11}Watch")
    for backend in backends:
        if importlib.util.find_spec(backend) is None:
            print(f"{backend:<12}not installed, not compared")
            continue
        tally += _compare(backend, {mode: _run(backend, mode, names) for mode in MODES})
    print("\n" + ", ".join(f"{count} {verdict}" for verdict, count in sorted(tally.items())))
    return int(tally["DIFFERENT"] > 0 or not tally["identical"])


def _run(backend: str, mode: str, names: list[str]) -> Outcomes:
    """The outcomes of the programs in a process of their own."""
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "PYTHONHASHSEED": "0",
    }
    prefix, given = MODES[mode]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outcomes.json"
        command = [sys.executable, *prefix, str(HERE / "interference" / "child.py"), str(out), given, *names]
        ended = subprocess.run(
            command, env=environment, cwd=HERE, check=False, capture_output=True, text=True
        )
        if ended.returncode:
            print(f"{backend:<12}{mode} ended with {ended.returncode}:\n{ended.stderr[-3000:]}")
        return json.loads(out.read_text()) if out.exists() else {}


def _compare(backend: str, outcomes: dict[str, Outcomes]) -> Counter[str]:
    """Print a line a program; how many were identical, different or unclear."""
    tally: Counter[str] = Counter()
    suspects = [name for name, each in outcomes["alone"].items() if _watched_differs(name, each, outcomes)]
    again = _run(backend, "alone", suspects) if suspects else {}
    for name, alone in outcomes["alone"].items():
        drifts = _differing(alone, again.get(name, alone))
        told, verdicts = [], []
        for mode in ("run", "Watch"):
            seen = _differing(alone, outcomes[mode].get(name, {}))
            parts = [part for part in seen if part not in drifts]
            verdicts.append("DIFFERENT" if parts else "unclear" if seen else "identical")
            told += [
                f"  {mode}, {part}:\n    {_beside(alone, outcomes[mode].get(name, {}), part)}"
                for part in parts
            ]
        note = f"   not repeatable: {', '.join(drifts)}" if drifts else ""
        raised = "   (raises)" if "raised: " in alone["values"] else ""
        print(f"{backend:<12}{name:<62}{verdicts[0]:<11}{verdicts[1]}{note}{raised}")
        print("\n".join(told) + "\n" if told else "", end="", flush=True)
        tally.update(verdicts)
    return tally


def _watched_differs(name: str, alone: dict[str, str], outcomes: dict[str, Outcomes]) -> bool:
    return any(_differing(alone, outcomes[mode].get(name, {})) for mode in ("run", "Watch"))


def _differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return [part for part in one if one[part] != other.get(part)]


def _beside(one: dict[str, str], other: dict[str, str], part: str) -> str:
    """The two texts from where they part."""
    first, second = one[part], other.get(part, "nothing: the process had ended")
    texts = first.partition(" ")[2] or first, second.partition(" ")[2] or second
    start = max(0, next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), 0) - 40)
    return "\n    ".join(text[start : start + 300].replace("\n", " | ") for text in texts)


if __name__ == "__main__":
    sys.exit(main())
