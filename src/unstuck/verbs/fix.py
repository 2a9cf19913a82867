"""`unstuck fix` from beginning to end: diagnose or load, choose, compose, show, verify, write."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from unstuck.case.schema import Case, RunRecord
from unstuck.evidence.source import SourceReader
from unstuck.fix.apart import apart
from unstuck.fix.choice import (
    Choice,
    ChoiceError,
    Chooser,
    confirmed,
    established,
    named,
    others_with_remedies,
    run_to_fix,
)
from unstuck.fix.compose import compose
from unstuck.fix.files import Edited, UneditableError, edited, unchanged, write
from unstuck.fix.patch import UndoError
from unstuck.fix.undo import undo
from unstuck.remedies.remedy import catalogue
from unstuck.report.fixing import FixPrinter
from unstuck.verbs.verify import ScriptCall, verify

DONE, REFUSED = 0, 1


@dataclass(frozen=True)
class FixOptions:
    """What is asked for: which fit (from 1) and remedies, and what to do with the edit.

    `verbose` is for the report of a script that is diagnosed first.
    """

    run: int | None = None
    remedies: tuple[str, ...] = ()
    everything: bool = False
    write: bool = False
    verify: bool = False
    verbose: bool = False

    @property
    def choose(self) -> Chooser:
        """What picks the remedies of a run."""
        if self.remedies:
            return named(self.remedies)
        return established if self.everything else confirmed


@dataclass(frozen=True)
class Scene:
    """The folder and environment at the start: a script that is run may change its own."""

    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def now(cls) -> Scene:
        """As they are."""
        return cls(Path.cwd(), dict(os.environ))


def is_case(target: str) -> bool:
    """Whether what is to be fixed is a saved Case, not a script."""
    return target.lower().endswith(".json")


def fix(case: Case, options: FixOptions, stream: TextIO, scene: Scene, arguments: Sequence[str] = ()) -> int:
    """Show, verify and write the chosen remedies of a Case, as wished.

    Args:
        case: the diagnosis.
        options: what to take and what to do.
        stream: where to tell of it.
        scene: where the script is run again.
        arguments: the script's, for the second run; those in the Case if there are none.

    Returns:
        0 when all was shown or done, 1 when there is nothing to fix, or it was refused or did not cure.

    Raises:
        ChoiceError: there is no such fit or remedy in the Case.
    """
    teller = FixPrinter(stream)
    if not case.runs:
        teller.say(f"There is nothing to fix: {case.message or 'no fit was seen.'}")
        return REFUSED
    at = run_to_fix(case, options.run, options.choose, options.remedies)
    run = case.runs[at]
    chosen = options.choose(run)
    if not chosen:
        teller.nothing_chosen(run, at, options.everything)
        return REFUSED
    try:
        if options.everything:
            teller.spoken_against(run)
        files = _compose(run, chosen, case, teller)
        if not files:
            return REFUSED
        if options.run is None:
            teller.others(others_with_remedies(case, at, options.choose))
        if options.verify and not _verified(files, run, at, _script_call(case, scene, arguments), teller):
            teller.not_written() if options.write else None
            return REFUSED
        if options.write:
            teller.written(files, write(files))
        else:
            teller.how_to_write()
    except UneditableError as refusal:
        teller.say(str(refusal))
        return REFUSED
    return DONE


def _compose(run: RunRecord, chosen: Sequence[Choice], case: Case, teller: FixPrinter) -> list[Edited]:
    """The edited files, told of with all that could not be placed; none where nothing could be.

    Raises:
        UneditableError: one of the files may not be edited.
    """
    main = _main(case, run)
    steps = [change for choice in chosen if choice.remedy.diff for change in choice.remedy.changes]
    for file in dict.fromkeys(change.at["file"] if change.at else main for change in steps):
        if file:
            unchanged(file, run.sources)
    composed, beside = apart(compose(chosen, SourceReader(main=main)), run, case.runs)
    files = [edited(before, after, run.sources) for before, after in composed.files]
    teller.edit(composed, files, beside)
    return files


def _main(case: Case, run: RunRecord) -> str | None:
    """The script by the name that its places have: as it was run, in whatever folder this is."""
    if case.script is None:
        return None
    here = str(Path(case.script).absolute())
    parts = Path(case.script).parts
    same = [file for file in run.sources if Path(file).parts[-len(parts) :] == parts]
    return same[0] if here not in run.sources and len(same) == 1 else here


def _script_call(case: Case, scene: Scene, arguments: Sequence[str]) -> ScriptCall:
    """What to run again.

    Raises:
        UneditableError: the Case is of no script, or the script is not there.
    """
    if case.script is None:
        raise UneditableError("The case is of no script, so there is nothing to run: leave --verify out.")
    if not (scene.folder / case.script).is_file():
        raise UneditableError(
            f"{case.script} is not here, so it cannot be run: call this in the folder where it was diagnosed."
        )
    return ScriptCall(case.script, list(arguments) or case.arguments, scene.folder, scene.environment)


def _verified(files: Sequence[Edited], run: RunRecord, at: int, call: ScriptCall, teller: FixPrinter) -> bool:
    teller.running(call.script, call.arguments)
    comparison = verify(call, files, run, at)
    teller.comparison(comparison)
    return not comparison.against


def fix_script(
    script: str,
    arguments: Sequence[str],
    options: FixOptions,
    stream: TextIO,
    *,
    budget: float | None,
    on: str = "local",
) -> int:
    """Diagnose a script as `unstuck run` does, report it, and fix what was found.

    Args:
        script: the file.
        arguments: those of the script.
        options: what to take and what to do.
        stream: where to tell of it.
        budget: seconds for trying the remedies, None to try none.
        on: where they are tried, "local" or "ray".

    Returns:
        As `fix`; the script's own status in a child process that it forked off.

    Raises:
        ChoiceError: as `fix`.
    """
    from unstuck.verbs.ending import Ending
    from unstuck.verbs.prove import may_be_proven, proven
    from unstuck.verbs.script import run_script

    _require_known(options.remedies)
    scene = Scene.now()
    outcome = run_script(script, list(arguments), keeps_recipes="none" if budget is None else "stuck")
    if outcome.forked:
        return outcome.status
    os.chdir(scene.folder)
    ending = Ending(stream, verbose=options.verbose)
    if budget is not None:
        if may_be_proven(outcome):
            ending.begin(outcome.case, budget)
        outcome = proven(outcome, budget, on, lines=True)
    ending.end(outcome)
    return fix(outcome.case, options, stream, scene)


def _require_known(names: Sequence[str]) -> None:
    """A misspelt name is said before a long training, not after it."""
    for name in names:
        if name not in catalogue():
            like = difflib.get_close_matches(name, catalogue(), n=3)
            meant = f" Is one of these meant: {', '.join(like)}?" if like else ""
            raise ChoiceError(f"No remedy is named {name!r}.{meant}")


def take_back(patch: str, stream: TextIO) -> int:
    """Undo what `--write` did, by the patch it kept: 0 when done, 1 when the file is not as it left it."""
    try:
        path = undo(Path(patch))
    except (UndoError, UneditableError) as refusal:
        FixPrinter(stream).say(str(refusal))
        return REFUSED
    FixPrinter(stream).taken_back(path)
    return DONE
