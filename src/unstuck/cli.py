"""The command line: one function a verb, no logic. What a verb needs is imported inside it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

import click

import unstuck
from unstuck.verbs.options import (
    BUDGET,
    READABLE,
    STOP,
    SURE,
    VERBOSE,
    WHERE,
    ScriptOrCase,
    file_to_write,
    say_misplaced,
    script_argument,
    wrong_call,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(unstuck.__version__, prog_name="unstuck", message="%(prog)s %(version)s")
def main() -> None:
    """Find out why a Keras model's accuracy does not improve.

    Start with:  unstuck run train.py
    """


@main.command(context_settings={"allow_interspersed_args": False})
@file_to_write("--json", "report", help="Write the diagnosis as JSON as well.")
@file_to_write(
    "--html",
    help="Write the page with pictures to this file, not to unstuck-report.html here or beside the JSON.",
)
@click.option("--no-html", is_flag=True, help="Write no page.")
@file_to_write(
    "--notebook", help="Of a notebook: write it to this file, run, with the findings beside its cells."
)
@click.option("--fail-on", type=SURE, help="Exit with 1 when a cause is found that is at least this sure.")
@STOP
@click.option("--quiet", is_flag=True, help="Print no report.")
@VERBOSE
@click.option("--no-prove", is_flag=True, help="Only diagnose; try no remedy.")
@click.option("--no-journal", is_flag=True, help="Keep nothing of this run for `unstuck show`.")
@click.option(
    "--no-reference", is_flag=True, help="Do not hold the training against simple models on the same rows."
)
@BUDGET
@WHERE
@click.argument("script", type=READABLE)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(
    report: Path | None,
    html: Path | None,
    no_html: bool,
    notebook: Path | None,
    fail_on: str | None,
    stop: Literal["proved", "measured"] | None,
    quiet: bool,
    verbose: bool,
    no_prove: bool,
    no_journal: bool,
    no_reference: bool,
    budget: float,
    on: str,
    script: str,
    arguments: tuple[str, ...],
) -> None:
    """Run SCRIPT, unmodified, with its own ARGUMENTS, and say why its training is stuck.

    SCRIPT may be a notebook (.ipynb): its cells are run in its own kernel. It takes no arguments.

    When a training is stuck, the remedies are tried in short trainings, with and without each, and the report
    says what they did; --no-prove leaves that out.

    Options of unstuck stand before SCRIPT; everything after it belongs to the script. The report follows the
    script's own output. The exit status is the script's own, 1 with --fail-on when such a cause is found, 2
    when unstuck itself was called wrongly.
    """
    from unstuck.evidence.cells import is_notebook
    from unstuck.notebook.command import run as run_notebook
    from unstuck.notebook.opening import NotebookError
    from unstuck.verbs.ending import Page
    from unstuck.verbs.run import RunOptions
    from unstuck.verbs.run import run as run_script

    say_misplaced(script, arguments)
    if notebook is not None and not is_notebook(script):
        raise click.UsageError(f"--notebook is for notebooks (.ipynb), and {script} is none.")
    page = Page.of(html, report, wanted=not no_html)
    options = RunOptions(
        report=report,
        page=page,
        notebook=notebook,
        fail_on=fail_on,
        quiet=quiet,
        prove=not no_prove,
        budget=budget,
        on=on,
        reference=not no_reference,
        journal=not no_journal,
        verbose=verbose,
        stop=stop,
    )
    verb = run_notebook if is_notebook(script) else run_script
    with wrong_call(NotebookError):
        sys.exit(verb(script, arguments, options, sys.stdout))


@main.command()
@VERBOSE
@BUDGET
@WHERE
@click.argument("case", type=click.Path())
def prove(verbose: bool, budget: float, on: str, case: str) -> None:
    """Try the remedies of a CASE that `run --no-prove --json` saved, and write what came out into it.

    What it needs to train again stands in a file beside the case (FILE.recipes.npz).
    """
    from unstuck.case.schema import CaseError
    from unstuck.report.terminal import tell
    from unstuck.verbs.prove import ProvingError, prove_file

    with wrong_call(CaseError, ProvingError):
        tell(prove_file(Path(case), budget, on), verbose=verbose, rest=f"`unstuck show -v {case}`")


@main.command(context_settings={"allow_interspersed_args": False})
@click.option(
    "--fit", "number", type=click.IntRange(min=1), default=1, help="Which fit of the script, from 1."
)
@BUDGET
@click.argument("name", required=False)
@script_argument("script", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def experiment(
    number: int, budget: float, name: str | None, script: str | None, arguments: tuple[str, ...]
) -> None:
    """Run SCRIPT and put one question to one of its fits.

    NAME is the experiment; without SCRIPT its page is printed, without NAME the list of all.
    """
    from unstuck.verbs.experiment import AskingError, ask, names, page

    with wrong_call(AskingError):
        if name is None:
            for each, title in names():
                click.echo(f"{each:<24} {title}")
        elif script is None:
            click.echo(page(name))
        else:
            say_misplaced(script, arguments)
            sys.exit(ask(name, script, list(arguments), number, budget, sys.stdout))


@main.command(cls=ScriptOrCase)
@click.option("--run", "run_number", metavar="NUMBER", type=int, help="Which fit, as the report counts them.")
@click.option(
    "--remedy", "remedies", metavar="NAME", multiple=True, help="Take this remedy; may be given repeatedly."
)
@click.option(
    "--all", "everything", is_flag=True, help="Take the remedies of causes that are proved or measured, too."
)
@click.option("--write", is_flag=True, help="Write the change, and beside the file a patch that undoes it.")
@click.option(
    "--verify",
    is_flag=True,
    help="Run the script once more, edited, with all its own effects (files, uploads, hours), and show "
    "before and after. With --write, write only what this run bears out.",
)
@click.option("--no-prove", is_flag=True, help="Of a script: only diagnose it, try no remedy.")
@VERBOSE
@BUDGET
@WHERE
@click.option("--undo", is_flag=True, help="TARGET is a patch that --write kept: take its change back.")
@script_argument("target")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def fix(
    run_number: int | None,
    remedies: tuple[str, ...],
    everything: bool,
    write: bool,
    verify: bool,
    no_prove: bool,
    verbose: bool,
    budget: float,
    on: str,
    undo: bool,
    target: str,
    arguments: tuple[str, ...],
) -> None:
    """Show the confirmed remedies as one diff of your files, and write them if told to.

    TARGET is a script, which is run with its own ARGUMENTS and diagnosed first as `unstuck run` does it, or a
    case that `run --json` saved (FILE.json). Options stand before a script. For --verify, arguments of the
    script may follow a case after --; without them it is run with those it had.

    The exit status is 0 when the change was shown or written, 1 when there is nothing to fix, a file is
    refused or the change is not verified, 2 when unstuck was called wrongly.
    """
    from unstuck.case.schema import Case, CaseError
    from unstuck.fix.choice import ChoiceError
    from unstuck.verbs.fix import FixOptions, Scene, fix_script, is_case, take_back
    from unstuck.verbs.fix import fix as fix_case

    stream = sys.stdout
    options = FixOptions(run_number, remedies, everything, write, verify, verbose)
    with wrong_call(CaseError, ChoiceError):
        if undo:
            sys.exit(take_back(target, stream))
        if is_case(target):
            sys.exit(fix_case(Case.load(target), options, stream, Scene.now(), arguments))
        say_misplaced(target, arguments)
        sys.exit(fix_script(target, arguments, options, stream, budget=None if no_prove else budget, on=on))


@main.command()
@click.option("--fix", "write", is_flag=True, help="Write the safe fixes into the files.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix: write the others, too.")
@click.option("--select", metavar="RULE", multiple=True, help="Apply only this rule; may be repeated.")
@click.option("--ignore", metavar="RULE", multiple=True, help="Leave out this rule; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="How to tell the findings.",
)
@click.option(
    "--fail-on",
    type=SURE,
    default="measured",
    show_default=True,
    help="Exit with 1 when a finding is at least this sure.",
)
@click.option("--no-cache", is_flag=True, help="Read every file anew, whatever is known of its text.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def lint(
    write: bool,
    unsafe_fixes: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    form: str,
    fail_on: str,
    no_cache: bool,
    paths: tuple[str, ...],
) -> None:
    """Find what can be found in source alone. Nothing is executed.

    PATH is a .py or .ipynb file, a folder (without what .gitignore leaves out), or - for standard input.
    `# unstuck: allow[RULE]` on a line allows a finding there; [tool.unstuck] in pyproject.toml has select,
    ignore, exclude and per-file-ignores.

    The exit status is 1 when a finding is at least as sure as --fail-on, 0 when none is, 2 when a file
    could not be read or unstuck was called wrongly.
    """
    from unstuck.lint.files import FilesError
    from unstuck.lint.settings import SettingsError
    from unstuck.verbs.lint import LintOptions
    from unstuck.verbs.lint import lint as check

    options = LintOptions(select, ignore, write, unsafe_fixes, form, fail_on, not no_cache)
    with wrong_call(FilesError, SettingsError):
        sys.exit(check(paths, options, sys.stdout, sys.stdin.buffer.read))


@main.command()
@click.argument("name", required=False)
@click.option("--no-prove", is_flag=True, help="Only diagnose: leave out the trainings that prove the cures.")
def demo(name: str | None, no_prove: bool) -> None:
    """Diagnose three small trainings that are stuck, on made-up data.

    NAME picks one: price_series, sentiment or imbalance.
    """
    from unstuck.demo.play import DemoError, play

    with wrong_call(DemoError):
        sys.exit(play(name, prove=not no_prove))


@main.command()
@click.option(
    "--html", is_flag=True, help="Write it as a page with pictures: FILE, or CASE with the ending .html."
)
@VERBOSE
@click.option("--list", "listed", is_flag=True, help="List the last runs that are kept, the newest first.")
@click.option(
    "--follow", "follows", is_flag=True, help="Print what is told of a run while it trains, until it ends."
)
@click.argument("case", required=False, type=click.Path())
@click.argument("file", required=False, type=click.Path(dir_okay=False))
def show(html: bool, verbose: bool, listed: bool, follows: bool, case: str | None, file: str | None) -> None:
    """Print the report of a CASE, or write its page with --html [FILE].

    CASE is a file that `run --json` saved, or a number of --list; without one, the newest run is shown. The
    last 20 runs are kept in your cache folder (UNSTUCK_CACHE moves it), at most 50 MiB. Of a run that was
    killed, or still trains, this says what was seen until then, and judges it.
    """
    from unstuck.case.schema import CaseError
    from unstuck.report.html.files import PageError
    from unstuck.verbs.follow import follow
    from unstuck.verbs.show import list_runs, show

    if file is not None and not html:
        raise click.UsageError("A FILE is only written with --html.")
    with wrong_call(CaseError, PageError):
        if listed:
            list_runs()
        elif follows:
            follow(case, sys.stdout)
        else:
            show(case, file, html=html, verbose=verbose)


@main.command()
@file_to_write("--json", "report", help="Write what was read as JSON as well.")
@click.option(
    "--source",
    metavar="SCRIPT",
    type=READABLE,
    help="The script that the log is said to come from: compare both, and let it decide between causes.",
)
@click.argument("log", metavar="LOG", type=click.Path(allow_dash=True))
def log(report: Path | None, source: str | None, log: str) -> None:
    """Say what a training's LOG alone can tell: a paste of its progress, a CSV, a History, TensorBoard files.

    LOG is a file, a TensorBoard folder, or - for standard input. Nothing is run. A log can rarely prove a
    cause: each that fits is listed with the one observation that would decide.

    The exit status is 0, or 2 when nothing could be read.
    """
    from unstuck.logbook.gather import LogError
    from unstuck.verbs.log import log as tell

    with wrong_call(LogError):
        tell(log, sys.stdout, report, source)


@main.command()
@click.option(
    "--root",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Serve only files inside this folder, not the current one.",
)
@click.option(
    "--allow-run", is_flag=True, help="Serve run and prove, too: they execute your code when they are called."
)
def mcp(root: Path, allow_run: bool) -> None:
    """Serve these verbs to coding agents over the Model Context Protocol.

    A client starts this command and talks to it over standard input and output. Without --allow-run it only
    reads: lint, log, explain, rules, show.
    """
    from unstuck.serve import missing

    if missing():
        raise click.ClickException(missing())
    from unstuck.serve.server import serve

    serve(root, allow_run)


@main.command()
@click.argument("name")
def explain(name: str) -> None:
    """Print what NAME means: a rule, a remedy, a question, or a word of the report."""
    from unstuck.verbs.explain import UnknownRuleError, explain

    with wrong_call(UnknownRuleError):
        explain(name)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def rules(as_json: bool) -> None:
    """List all rules by group."""
    from unstuck.verbs.explain import list_rules, rules_as_records

    if as_json:
        click.echo(json.dumps(rules_as_records(), indent=2))
    else:
        list_rules()


@main.command()
def schema() -> None:
    """Print the JSON Schema of what `run --json` writes."""
    from unstuck.case.published import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
