"""What several verbs of the command line share: options, and how arguments are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from unstuck.evidence.cells import is_notebook

READABLE = click.Path(exists=True, dir_okay=False, readable=True)

BUDGET = click.option(
    "--budget",
    metavar="SECONDS",
    type=click.FloatRange(min=1.0),
    default=60.0,
    show_default=True,
    help="Seconds of work for trying remedies and asking questions, after the script has ended.",
)


def _installed(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Ray must be there where it is asked for: said before a long training, not after it."""
    if value == "ray":
        from unstuck.lab.executors.on_ray import NOT_INSTALLED, is_installed

        if not is_installed():
            raise click.BadParameter(NOT_INSTALLED, ctx, param)
    return value


WHERE = click.option(
    "--on",
    type=click.Choice(["local", "ray"]),
    default="local",
    callback=_installed,
    help="Where remedies are tried: on this machine or on a Ray cluster (at RAY_ADDRESS, or a new one).",
)

VERBOSE = click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Print all of the report: the evidence, other remedies, what was refuted or not checked, the cost.",
)

STOP = click.option(
    "--stop",
    type=click.Choice(["proved", "measured"]),
    help="End a fit through model.stop_training as soon as a cause that blocks it is this sure.",
)

SURE = click.Choice(["proved", "measured", "suspected"])


def _in_folder(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """A file to write must stand in a folder that exists: said before a long training, not after it."""
    if value is None:
        return None
    if not value.parent.is_dir():
        raise click.BadParameter(f"the folder {str(value.parent)!r} does not exist.", ctx, param)
    # The script may change the current folder.
    return value.absolute()


def file_to_write(*names: str, help: str) -> Callable[[Any], Any]:
    """An option that names a file to write."""
    return click.option(
        *names,
        metavar="FILE",
        type=click.Path(dir_okay=False, writable=True, path_type=Path),
        callback=_in_folder,
        help=help,
    )


class ScriptOrCase(click.Command):
    """Options may follow a Case; what follows a script belongs to the script."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options and arguments, as click does it."""
        options = [each for each in self.params if isinstance(each, click.Option) and not each.is_flag]
        valued = {name for option in options for name in option.opts}
        before = ["", *args]
        positional = (
            arg for last, arg in zip(before, args, strict=False) if arg[:1] != "-" and last not in valued
        )
        ctx.allow_interspersed_args = next(positional, "").lower().endswith(".json")
        return super().parse_args(ctx, args)


def _script(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Some verbs take scripts only: said before anything is run."""
    if value is not None and is_notebook(value):
        raise click.BadParameter(
            f"`unstuck {ctx.info_name}` does not take notebooks yet. `unstuck run {value}` diagnoses one; "
            f"jupyter nbconvert --to script {value} makes a script of it.",
            ctx,
            param,
        )
    return value


def script_argument(name: str, *, required: bool = True) -> Callable[[Any], Any]:
    """An argument that is a script, or what stands for one, but no notebook."""
    return click.argument(name, type=READABLE, required=required, callback=_script)


@contextmanager
def wrong_call(*errors: type[Exception]) -> Iterator[None]:
    """Errors of these kinds are told as those of a wrong call: their text, and status 2."""
    try:
        yield
    except errors as error:
        raise click.UsageError(str(error)) from None


def say_misplaced(script: str, arguments: Sequence[str]) -> None:
    """Say on standard error where an option of unstuck stands behind the script, which then gets it.

    An option that the script's own text names is the script's. Nothing else changes: what stands behind a
    script belongs to it.
    """
    known = {
        name for each in click.get_current_context().command.params for name in each.opts if "--" in name
    }
    wrong = [each for each in (argument.partition("=")[0] for argument in arguments) if each in known]
    if not wrong:
        return
    try:
        text = Path(script).read_text(encoding="utf-8", errors="replace")
    except OSError:  # said by what opens it
        return
    for name in dict.fromkeys(wrong):
        # argparse makes --no-prove of a name such as no_prove, too.
        if name not in text and name.lstrip("-").replace("-", "_") not in text:
            click.echo(
                f"unstuck: {name} stands behind {script} and is handed to it. Options of unstuck stand "
                "before the script.",
                err=True,
            )
