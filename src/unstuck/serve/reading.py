"""The tools that only read: lint, log, explain, rules, show. Nothing of the user's is executed."""

from __future__ import annotations

import io
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from rich.console import Console

from unstuck.case.schema import Case
from unstuck.lint.record import LintReport
from unstuck.serve.bounds import LARGEST_LIST, bounded_record, bounded_text
from unstuck.serve.places import Places
from unstuck.serve.tool import CallError, Tool, ToolResult

#: Columns of a report: no terminal wraps it again.
WIDTH = 100

#: What a diagnosis holds for drawing pictures.
PICTURED = frozenset({"pictures"})


#: Seconds after which reading is given up: a project of 50,000 lines takes ten.
LIMIT = 60.0

Seconds = Annotated[float, Meta(gt=0, le=3600, description="Time limit, after which there is no answer.")]


class LintArguments(msgspec.Struct, forbid_unknown_fields=True):
    """What to lint."""

    paths: Annotated[
        list[str],
        Meta(
            description="Files (.py, .ipynb) or folders inside the server's root. Leave out to give `text`."
        ),
    ] = []
    text: Annotated[
        str | None, Meta(description="Source code to check instead of files, for example an unsaved edit.")
    ] = None
    file_name: Annotated[
        str, Meta(description="What `text` is called in the findings; .ipynb where it is a notebook's JSON.")
    ] = "pasted.py"
    select: Annotated[list[str], Meta(description="Apply only these rules.")] = []
    ignore: Annotated[list[str], Meta(description="Leave out these rules.")] = []
    seconds: Seconds = LIMIT


def lint(given: LintArguments, places: Places) -> ToolResult:
    """What can be found in source alone."""
    from unstuck.lint.files import found, pasted, read
    from unstuck.lint.settings import settings
    from unstuck.report.lint.text import LintPrinter
    from unstuck.verbs.lint import examine

    if bool(given.paths) == (given.text is not None):
        raise CallError("Give either paths (files or folders inside the root) or text (source code).")
    chosen = settings(places.root, given.select, given.ignore)
    if given.text is not None:
        units = [pasted(given.file_name, given.text)]
    else:
        files = [str(places.inside(path)) for path in given.paths]
        units = [read(file) for file in found(files, chosen.exclude)]
    paper = io.StringIO()
    telling = LintPrinter(paper)

    def seen(unit: Any, findings: list[Any]) -> list[Any]:
        telling.findings(unit, findings)
        return findings

    report = examine(units, chosen, seen)
    telling.end(report)
    return ToolResult((bounded_text(paper.getvalue(), "Give fewer paths."),), bounded_record(report))


class LogArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which log to read."""

    path: Annotated[
        str | None,
        Meta(
            description="A log inside the server's root: what fit printed, CSVLogger, a History as JSON, a "
            "notebook with outputs, or a TensorBoard folder. Leave out to give `text`."
        ),
    ] = None
    text: Annotated[
        str | None, Meta(description="The log itself, for example the lines that a training printed.")
    ] = None
    source: Annotated[
        str | None,
        Meta(description="The training script that the log comes from: it decides between causes."),
    ] = None
    seconds: Seconds = LIMIT


def log(given: LogArguments, places: Places) -> ToolResult:
    """What a training's log alone can tell."""
    from unstuck.logbook.gather import read_bytes, read_log
    from unstuck.logbook.reader import Given
    from unstuck.report.terminal import render
    from unstuck.verbs.log import read_case

    if (given.path is None) == (given.text is None):
        raise CallError("Give either path (a log inside the root) or text (the log itself).")
    source = None if given.source is None else str(places.file(given.source))
    if given.text is not None:
        name = "<pasted text>"
        runs = read_bytes(Given(given.text.encode("utf-8", "replace"), name))
    else:
        path = places.inside(given.path or "")
        if (places.root / path).is_dir():
            places.holds(path, "*tfevents*")
        name = str(path)
        runs = read_log(str(places.root / path) if name == "-" else name)
    case = read_case(name, runs, source)
    return ToolResult((bounded_text(render(case, width=WIDTH)),), bounded_record(case))


class ExplainArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which page to give."""

    name: Annotated[
        str, Meta(description="A rule (`softmax-over-one-unit`) or a sign in a log (`loss-at-ln-k`).")
    ]


def explain(given: ExplainArguments, places: Places) -> ToolResult:  # noqa: ARG001
    """The page of a rule."""
    return ToolResult((page(given.name),))


def page(name: str) -> str:
    """The page of a rule or of a sign in a log.

    Raises:
        UnknownRuleError: there is neither.
    """
    from unstuck.verbs.explain import explain

    paper = io.StringIO()
    explain(name, _console(paper))
    return paper.getvalue()


class RulesArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which rules to list."""


class RuleEntry(msgspec.Struct, frozen=True):
    """A rule in the list of all; `impact` is null for a symptom."""

    name: str
    group: str
    kind: str
    certainty: str
    impact: str | None
    title: str


class RulesAnswer(msgspec.Struct, frozen=True):
    """All rules, by name."""

    rules: list[RuleEntry]


def rules(given: RulesArguments, places: Places) -> ToolResult:  # noqa: ARG001
    """The list of all rules."""
    from unstuck.verbs.explain import list_rules, rules_as_records

    paper = io.StringIO()
    list_rules(_console(paper))
    listed = RulesAnswer(msgspec.convert(rules_as_records(), list[RuleEntry]))
    return ToolResult((bounded_text(paper.getvalue()),), bounded_record(listed, most=LARGEST_LIST))


class ShowArguments(msgspec.Struct, forbid_unknown_fields=True):
    """Which saved diagnosis to show."""

    case: Annotated[
        str,
        Meta(description="A diagnosis that `unstuck run --json` saved, or a `case` that run or prove gave."),
    ]
    record: Annotated[
        bool, Meta(description="Give the diagnosis as structured content, too (schema unstuck.case/1).")
    ] = False


def show(given: ShowArguments, places: Places) -> ToolResult:
    """The report of a saved diagnosis."""
    held = Case.load(places.case(given.case))
    return ToolResult((case_text(held),), bounded_record(held, PICTURED) if given.record else None)


def case_text(case: Case) -> str:
    """The report of a diagnosis as plain text."""
    from unstuck.report.terminal import render

    return bounded_text(render(case, width=WIDTH, verbose=True).lstrip("\n"))


def _console(paper: io.StringIO) -> Console:
    return Console(file=paper, width=WIDTH, force_terminal=False, force_jupyter=False, no_color=True)


TOOLS = (
    Tool(
        "lint",
        "Find training defects in source",
        "Reads Keras training code without running it and finds the defects that keep a model from learning "
        "and show in source alone (a softmax over one unit, swapped rows, a loss that does not fit its "
        "labels). Use it first, and again after each edit. Gives the findings with place, certainty (proved, "
        "measured, suspected), reason and fix as a diff, as text and as structured content (unstuck.lint/1).",
        LintArguments,
        gives=LintReport,
        reads=lint,
        apart=True,
    ),
    Tool(
        "log",
        "Read a training's log",
        "Says what the printed lines of a training alone can tell: which constants its loss and accuracy "
        "match and which causes fit, the likeliest first, each with the observation that would decide. Use "
        "it when there is a log or a pasted output. Runs nothing. Gives text and structured content "
        "(unstuck.case/1).",
        LogArguments,
        gives=Case,
        reads=log,
        apart=True,
    ),
    Tool(
        "explain",
        "Explain a rule",
        "Gives the page of one rule or sign that lint, log, run or show named: what it means, why the "
        "training looks stuck because of it, what it looks at and an example.",
        ExplainArguments,
        reads=explain,
    ),
    Tool(
        "rules",
        "List all rules",
        "Lists the rules by group, a line each: everything that unstuck can find. Use it to learn the names "
        "that explain takes.",
        RulesArguments,
        gives=RulesAnswer,
        reads=rules,
    ),
    Tool(
        "show",
        "Show a saved diagnosis",
        "Gives the report of a diagnosis that was saved before (`unstuck run --json case.json`): symptoms, "
        "ranked causes with their arithmetic, remedies as diffs, and what trials measured. Runs nothing.",
        ShowArguments,
        reads=show,
    ),
)
