"""The tools that execute code of the user's: run and prove. Served only with --allow-run."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
import msgspec
from msgspec import Meta

from unstuck.case.schema import Case, CaseError
from unstuck.serve.bounds import LARGEST, bounded_record
from unstuck.serve.child import ProcessEnd, run_child
from unstuck.serve.places import Places
from unstuck.serve.reading import PICTURED, case_text
from unstuck.serve.tool import CallError, SayProgress, Tool, ToolResult
from unstuck.verbs.ending import WRONGLY

#: Seconds after the time limit in which an interrupted script may be diagnosed.
_GRACE = 30.0

#: Seconds that a proof may take beyond its budget: workers start, and the last trainings end.
_BEYOND = 120.0

#: Characters of a program's output that are given, from its end.
_OUTPUT = 6000

#: What only the report or a picture needs, and what is long.
_LEFT_OUT = PICTURED | {"curves", "accuracy_curves"}

#: Two trainings at once would slow each other down and fill the memory.
_one_at_a_time = anyio.Lock()


class RunArguments(msgspec.Struct, forbid_unknown_fields=True):
    """What to run."""

    script: Annotated[str, Meta(description="The training script or notebook, inside the server's root.")]
    arguments: Annotated[list[str], Meta(description="The script's own arguments; none for a notebook.")] = []
    seconds: Annotated[
        float,
        Meta(
            ge=1,
            le=86400,
            description="Time limit. The script is then interrupted as by Ctrl-C, and what was seen until "
            "then is diagnosed.",
        ),
    ] = 300.0
    prove: Annotated[
        bool,
        Meta(description="Try the remedies, too: `budget` seconds of work more, within the time limit."),
    ] = False
    budget: Annotated[float, Meta(ge=1, description="Seconds of work for the remedies.")] = 60.0


class ProveArguments(msgspec.Struct, forbid_unknown_fields=True):
    """What to prove."""

    case: Annotated[
        str,
        Meta(description="The `case` that run gave, or one that `unstuck run --no-prove --json` saved."),
    ]
    budget: Annotated[float, Meta(ge=1, le=3600, description="Seconds of work for the remedies.")] = 60.0


class RunAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended and what was diagnosed.

    `status` is the exit status (negative: the signal that ended it), `output` the end of what was
    printed, `case` the file that holds the whole diagnosis until the server ends, `diagnosis` its record
    (unstuck.case/1) without curves and pictures.
    """

    ended: Literal["by itself", "at the time limit"]
    status: int
    seconds: float
    output: str
    case: str
    diagnosis: dict[str, Any]


async def run(given: RunArguments, places: Places, progress: SayProgress) -> ToolResult:
    """Run a script and diagnose its trainings."""
    script = places.file(given.script)
    if any("\0" in each for each in given.arguments):
        raise CallError("arguments holds a null byte, which no program can be given. Leave it out.")
    async with _one_at_a_time:
        report = places.fresh() / f"{script.stem}.json"
        proof = ["--budget", str(given.budget)] if given.prove else ["--no-prove"]
        options = ["--no-html", "--quiet", "--json", str(report), *proof]
        command = ["run", *options, "--", str(script), *given.arguments]
        ended = await _unstuck(command, places.root, given.seconds, progress)
    try:
        case = Case.load(report)
    except CaseError:
        raise CallError(_nothing(given, ended)) from None
    return _answer(case, report, ended, str(script), quotes=True)


async def prove(given: ProveArguments, places: Places, progress: SayProgress) -> ToolResult:
    """Try the remedies of a diagnosis. The file that is given stays as it is; a copy holds the proof."""
    from unstuck.lab.clocks import LONGEST

    path = places.case(given.case)
    case = Case.load(path)
    async with _one_at_a_time:
        report = places.fresh() / path.name
        shutil.copyfile(path, report)
        for name in {Path(run.proof.recipe).name for run in case.runs if run.proof and run.proof.recipe}:
            recipes = places.case(str(path.parent / name))
            shutil.copyfile(recipes, report.with_name(name))
        command = ["prove", "--budget", str(given.budget), str(report)]
        ended = await _unstuck(command, places.root, LONGEST * given.budget + _BEYOND, progress)
    if ended.status != 0:
        said = _complaint(ended).replace(str(report), given.case)
        raise CallError(said or f"The proof ended with status {ended.status} before it was written.")
    return _answer(Case.load(report), report, ended, "The proof", quotes=False)


async def _unstuck(command: list[str], folder: Path, limit: float, progress: SayProgress) -> ProcessEnd:
    """A verb of unstuck in a process of its own."""

    async def tell(gone: float, line: str) -> None:
        await progress(gone, max(gone, limit), f"{gone:.0f} s{': ' if line else ''}{line}")

    return await run_child(
        [sys.executable, "-m", "unstuck", *command],
        folder,
        # What is printed is told as it comes; a plot must not wait for a window to be closed.
        {"MPLBACKEND": "Agg", **os.environ, "PYTHONUNBUFFERED": "1"},
        limit=limit,
        grace=_GRACE,
        tell=tell,
    )


def _complaint(ended: ProcessEnd) -> str:
    """What the command says of how it was called, "" where it says nothing of that."""
    wrongly = ended.status == WRONGLY and "Usage: unstuck" in ended.output
    return ended.output.rpartition("Error: ")[2].strip() if wrongly else ""


def _nothing(given: RunArguments, ended: ProcessEnd) -> str:
    """Why there is no diagnosis."""
    if _complaint(ended):
        return _complaint(ended)
    if ended.interrupted:
        how = f"did not end within {_GRACE:g} s more and was killed" if ended.killed else "ended"
        why = (
            f"{given.script} was interrupted after {given.seconds:g} s and {how}, so there is no diagnosis. "
            "Give more seconds, or train on fewer rows or epochs."
        )
    else:
        how = f"ended with status {ended.status} after {ended.seconds:.0f} s"
        why = f"{given.script} {how} and left no diagnosis."
    printed = ended.output[-_OUTPUT:].strip()
    return f"{why}\nThe end of what it printed:\n{printed}" if printed else f"{why} It printed nothing."


def _answer(case: Case, report: Path, ended: ProcessEnd, what: str, quotes: bool) -> ToolResult:
    """The report, how it ended, what was printed where that `quotes` a script, and the record."""
    how = "was interrupted at the time limit" if ended.interrupted else "ended"
    note = (
        f"{what} {how} with status {ended.status} after {ended.seconds:.0f} s. The diagnosis is kept in "
        f"{report} until this server ends; show and prove take this path."
    )
    printed = ended.output[-_OUTPUT:].strip() if quotes else ""
    record = RunAnswer(
        ended="at the time limit" if ended.interrupted else "by itself",
        status=ended.status,
        seconds=round(ended.seconds, 1),
        output=printed,
        case=str(report),
        diagnosis=bounded_record(case, _LEFT_OUT, LARGEST - _OUTPUT),
    )
    texts = [f"{case_text(case).rstrip()}\n\n{note}"]
    if quotes:
        last = f", its last {_OUTPUT:,} characters" if len(ended.output) > _OUTPUT else ""
        texts.append(f"What it printed{last}:\n{printed}" if printed else "It printed nothing.")
    return ToolResult(tuple(texts), msgspec.to_builtins(record))


TOOLS = (
    Tool(
        "run",
        "Run a training script and diagnose it",
        "Runs a Keras training script or notebook, unmodified, in a process of its own, watches each fit and "
        "says why its accuracy does not improve: symptoms, ranked causes with their arithmetic and line, "
        "remedies as diffs. Executes the user's code with all its effects. Use it when lint and log do not "
        "settle the cause. Gives the report, the end of what was printed, and `case`, which show and prove "
        "take.",
        RunArguments,
        gives=RunAnswer,
        runs=run,
        destroys=True,
    ),
    Tool(
        "prove",
        "Try the remedies of a diagnosis",
        "Trains the model of a stuck run again, shortly, with and without each remedy, on the same seeds and "
        "batches, and says which causes are confirmed or refuted, with figures and a 95% interval. Use it "
        "after run, before a change is written. Gives the report with its trials, and a new `case`.",
        ProveArguments,
        gives=RunAnswer,
        runs=prove,
    ),
)
