"""Programs whose fault no rule names: is it seen, at which part, in which line? See tests/unknown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).parents[1] / "tests" / "unknown"

#: A line so near to the faulty one is in view with it.
NEAR = 2

#: Seconds after which a program and its proof are given up.
_PATIENCE = 600

#: What the kinds of an exchanged part are called in expect.toml.
_PARTS = {
    "call": "layer",
    "activation": "layer",
    "compute_loss": "train-step",
    "train_step": "train-step",
    "initial weights": "initial-weights",
    "callback": "callbacks",
    "sample_weight": "masks-and-weights",
    "class_weight": "masks-and-weights",
}


@dataclass(frozen=True)
class Told:
    """What was said of one program: the cause that leads, where it points, and what else was seen.

    `seen`: any symptom or cause. `part` is the exchanged part as expect.toml names it, "" for other causes.
    """

    seen: bool = False
    rule: str = ""
    certainty: str = ""
    part: str = ""
    line: int | None = None
    error: str = ""


def table(only: Sequence[str], *, held: bool, backend: str, keep: Path | None) -> None:
    """Run the programs and print what was said of them, with the totals."""
    folders = [each for each in _folders(only) if held or _expected(each)["half"] == "open"]
    print(f"{'program':<29} {'symptom':<8} {'part':<5} {'line':<6} {'fixed':<8} what leads of the broken one")
    rows = []
    for folder in folders:
        expect = _expected(folder)
        broken, fixed = (
            _told(folder / name, expect.get("backend", backend), keep) for name in ("broken.py", "fixed.py")
        )
        row = _judged(expect, broken, fixed)
        rows.append(row)
        words = [
            f"{row[name]:<{width}}" for name, width in (("seen", 8), ("part", 5), ("line", 6), ("fixed", 8))
        ]
        print(f"{folder.name:<29} {' '.join(words)} {_leads(broken)}", flush=True)
    for name, right in (
        ("seen", ("yes",)),
        ("part", ("yes",)),
        ("line", ("exact",)),
        ("line", ("exact", "near")),
    ):
        count = sum(row[name] in right for row in rows)
        said = f"{name} {' or '.join(right)}"
        print(f"{said:<22} {count:>3} of {len(rows)}, {100 * count / max(len(rows), 1):.0f} %")
    print(f"fixed called broken    {sum(row['fixed'] == 'broken' for row in rows):>3} of {len(rows)}")


def _folders(only: Sequence[str]) -> list[Path]:
    found = sorted(each.parent for each in PROGRAMS.glob("*/expect.toml"))
    unknown = set(only) - {each.name for each in found}
    if unknown:
        raise SystemExit(f"there is no such program: {', '.join(sorted(unknown))}")
    return [each for each in found if not only or each.name in only]


def _expected(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))


def _judged(expect: Mapping[str, Any], broken: Told, fixed: Told) -> dict[str, str]:
    """Each column's word. A cause without a part of its own names the part by pointing to its line."""
    lines = expect["line"] if isinstance(expect["line"], list) else [expect["line"]]
    away = min((abs(broken.line - each) for each in lines), default=99) if broken.line is not None else 99
    line = "exact" if away == 0 else "near" if away <= NEAR else "no"
    right = broken.part == expect["part"] if broken.part else line != "no"
    return {
        "seen": broken.error or ("yes" if broken.seen else "no"),
        "part": "yes" if right else "no",
        "line": line,
        "fixed": fixed.error or ("broken" if fixed.rule else "quiet"),
    }


def _leads(told: Told) -> str:
    if not told.rule:
        return "-"
    part = f" {told.part}" if told.part else ""
    return f"{told.rule}{part} ({told.certainty}){f' :{told.line}' if told.line else ''}"


def _told(program: Path, backend: str, keep: Path | None) -> Told:
    """What `unstuck run` says of a program; a case that is kept already is not made again."""
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder, "case.json")
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            case = keep.absolute() / f"{program.parent.name}-{program.stem}.json"
        if not case.exists():
            command = [sys.executable, "-m", "unstuck", "run", "--quiet", "--no-html", "--json", str(case)]
            environment = {**os.environ, "KERAS_BACKEND": backend}
            try:
                subprocess.run(
                    [*command, str(program)],
                    cwd=folder,
                    env=environment,
                    timeout=_PATIENCE,
                    check=False,
                    capture_output=True,
                )
            except subprocess.TimeoutExpired:
                return Told(error="late")
        if not case.exists():
            return Told(error="failed")
        return _read(json.loads(case.read_text(encoding="utf-8")), program)


def _read(case: Mapping[str, Any], program: Path) -> Told:
    """The first cause of the first fit that has one."""
    runs = case["runs"]
    causes = [cause for run in runs for cause in run.get("causes", ())]
    seen = bool(causes) or any(run.get("symptoms") for run in runs)
    if not causes:
        return Told(seen=seen)
    first = causes[0]
    where = first.get("where") or {}
    kind = str(first.get("shows", {}).get("kind", "")) if first["rule"] == "part-at-fault" else ""
    return Told(
        seen=seen,
        rule=first["rule"],
        certainty=first["certainty"],
        part=_PARTS.get(kind, kind),
        line=where.get("line") if Path(where.get("file", "")).name == program.name else None,
    )
