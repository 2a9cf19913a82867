"""The command line: one function a verb, no logic. What a verb needs is imported inside it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

import unstuck

_READABLE = click.Path(exists=True, dir_okay=False, readable=True)

_SURE = click.Choice(["proved", "measured", "suspected"])


def _in_folder(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """A file to write must stand in a folder that exists: said before a long training, not after it."""
    if value is None:
        return None
    if not value.parent.is_dir():
        raise click.BadParameter(f"the folder {str(value.parent)!r} does not exist.", ctx, param)
    # The script may change the current folder.
    return value.absolute()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(unstuck.__version__, prog_name="unstuck", message="%(prog)s %(version)s")
def main() -> None:
    """Find out why a Keras model's accuracy does not improve.

    Start with:  unstuck run train.py
    """


@main.command(context_settings={"allow_interspersed_args": False})
@click.option(
    "--json",
    "report",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=_in_folder,
    help="Write the diagnosis as JSON as well.",
)
@click.option("--fail-on", type=_SURE, help="Exit with 1 when a cause is found that is at least this sure.")
@click.option("--quiet", is_flag=True, help="Print no report.")
@click.argument("script", type=_READABLE)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(
    report: Path | None, fail_on: str | None, quiet: bool, script: str, arguments: tuple[str, ...]
) -> None:
    """Run SCRIPT, unmodified, with its own ARGUMENTS, and say why its training is stuck.

    Options of unstuck stand before SCRIPT; everything after it belongs to the script. The report follows the
    script's own output. The exit status is the script's own, 1 with --fail-on when such a cause is found, 2
    when unstuck itself was called wrongly.
    """
    from unstuck.report.ending import after_run
    from unstuck.watch.runner import run_script

    stdout = sys.stdout
    outcome = run_script(script, list(arguments))
    sys.exit(after_run(outcome, None if quiet else stdout, report, fail_on))


@main.command()
@click.argument("name", required=False)
def demo(name: str | None) -> None:
    """Diagnose three small trainings that are stuck, on made-up data.

    NAME picks one: price_series, sentiment or imbalance.
    """
    from unstuck.demo.play import DemoError, play

    try:
        sys.exit(play(name))
    except DemoError as error:
        raise click.UsageError(str(error)) from None


@main.command()
@click.argument("case", type=click.Path())
def show(case: str) -> None:
    """Print the report of a CASE that `run --json` saved."""
    from unstuck.case import Case, CaseError
    from unstuck.report.terminal import tell

    try:
        tell(Case.load(case))
    except CaseError as error:
        raise click.UsageError(str(error)) from None


@main.command()
@click.argument("name")
def explain(name: str) -> None:
    """Print the page of the rule NAME."""
    from unstuck.report.explain import UnknownRuleError, explain

    try:
        explain(name)
    except UnknownRuleError as error:
        raise click.UsageError(str(error)) from None


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def rules(as_json: bool) -> None:
    """List all rules by group."""
    from unstuck.report.explain import list_rules, rules_as_records

    if as_json:
        click.echo(json.dumps(rules_as_records(), indent=2))
    else:
        list_rules()


@main.command()
def schema() -> None:
    """Print the JSON Schema of what `run --json` writes."""
    from unstuck.case import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
