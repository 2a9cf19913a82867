"""The shape of a remedy, the catalogue of all remedies, and how one is written for a user's source.

A remedy is one small file: its docstring is its page, `says` is one sentence that tells what to do,
the function edits the source, and `on_recipe` marks the function that makes the same change to a
Recipe, so that a trial can prove it. Nothing here executes the user's code or writes a file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unstuck.evidence.cells import cell_at, spot
from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, SourceReader, Unplaced
from unstuck.judgement.findings import Proposal
from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.registry import Registry
from unstuck.remedies.editing.diff import shown, unified
from unstuck.remedies.editing.edits import Edit, apply, moved

Values = Mapping[str, Any]
Change = Callable[[Source, Place | None, Values], Sequence[Edit]]
Treatment = Callable[[Recipe, Place | None, Values], Recipe]

_UNSEEN = Source("", "", problem="its place in your code was not seen")


@dataclass(frozen=True)
class Remedy:
    """A change that cures a cause. `where` is what is changed, for when its place is not known."""

    name: str
    where: str
    sentence: Callable[[Values], str]
    change: Change
    treatment: Treatment | None = None

    def on_recipe(self, treatment: Treatment) -> Remedy:
        """Mark the function that makes the same change to a Recipe."""
        return _CATALOGUE.put(self.name, replace(self, treatment=treatment), self.change.__module__)

    def treat(self, recipe: Recipe, at: Place | None, values: Values) -> Recipe:
        """The recipe with the change made.

        Raises:
            UntreatableError: the change cannot be made to this recipe; the text says why.
        """
        if self.treatment is None:
            raise UntreatableError("it is advice, which no training can try")
        return self.treatment(recipe, at, values)

    def says(self, values: Values) -> str:
        """One plain sentence of what to do."""
        return self.sentence(values)

    def edit(self, source: Source, at: Place | None, values: Values) -> Sequence[Edit]:
        """The edits of the source that make the change; none for pure advice.

        Raises:
            Unplaced: the change cannot be placed exactly; the text says why.
        """
        return self.change(source, at, values)

    @property
    def page(self) -> str:
        """The remedy's documentation, dedented."""
        return inspect.cleandoc(self.change.__doc__ or "")

    @property
    def title(self) -> str:
        """The first line of the page."""
        return self.page.splitlines()[0] if self.page else self.name


_CATALOGUE: Registry[Remedy] = Registry("remedies", "unstuck.remedies")


def remedy(name: str, *, where: str, says: str | Callable[[Values], str]) -> Callable[[Change], Remedy]:
    """Make an editing function a remedy.

    Args:
        name: what rules ask for, in kebab case.
        where: what has to be changed ("the compile call"), for a place that is not known.
        says: the sentence, or a template that is filled with the proposal's values.
    """

    def sentence(values: Values) -> str:
        return says.format(**values) if isinstance(says, str) else says(values)

    def decorate(change: Change) -> Remedy:
        return _CATALOGUE.put(name, Remedy(name, where, sentence, change), change.__module__)

    return decorate


def catalogue() -> dict[str, Remedy]:
    """All remedies by name, found by being there."""
    return _CATALOGUE.all()


class ByHandError(Exception):
    """Why there is no diff, as a sentence that says where to do what by hand."""


@dataclass(frozen=True)
class StepEdit:
    """What one step did to a file. `step` is its index, from 0, among the steps that were written."""

    step: int
    before: Source
    edits: Sequence[Edit]
    after: Source


def steps_of(proposal: Proposal) -> list[Proposal]:
    """The proposal, and all that only make sense together with it."""
    return [proposal, *(step for each in proposal.also for step in steps_of(each))]


def diff_of(steps: Sequence[Proposal], sources: SourceReader) -> str | None:
    """The diff of all steps, made one after the other; None when none of them edits anything.

    Raises:
        ByHandError: a step cannot be placed exactly, or none of them has anything to change.
    """
    try:
        files = first_and_last(write_steps(steps, sources))
        return "".join(unified(before, after) for before, after in files) or None
    except Unplaced as reason:
        raise ByHandError(_by_hand(steps[0], str(reason))) from None


def first_and_last(written: Sequence[StepEdit]) -> list[tuple[Source, Source]]:
    """Each file that was written, as it was before the first step and as it is after the last."""
    original: dict[str, Source] = {}
    current: dict[str, Source] = {}
    for each in written:
        original.setdefault(each.before.file, each.before)
        current[each.before.file] = each.after
    return [(original[file], current[file]) for file in current]


def write_steps(steps: Sequence[Proposal], sources: SourceReader) -> list[StepEdit]:
    """Make the steps one after the other, each in what those before it left of the user's files.

    Places are followed through the edits made before them. A step that has nothing to change is
    left out. No file is touched.

    Raises:
        ByHandError: a step cannot be placed exactly, or none of them has anything to change.
    """
    current: dict[str, Source] = {}
    written: list[StepEdit] = []
    waiting, idle = list(steps), []
    for index in range(len(steps)):
        step = waiting.pop(0)
        file = step.at.file if step.at is not None else _the_file(sources, steps)
        source = current.get(file) or (sources.read(file) if file else _UNSEEN)
        edits = _edited(step, source)
        if not edits:
            idle += [step] if edits is not None else []
            continue
        current[file] = after = _applied(step, source, edits)
        written.append(StepEdit(index, source, edits, after))
        waiting = [
            replace(each, at=moved(each.at, source, edits, after))
            if each.at and each.at.file == file
            else each
            for each in waiting
        ]
    if idle and not current:
        raise ByHandError(_by_hand(idle[0], "it says so already"))
    return written


def _the_file(sources: SourceReader, steps: Sequence[Proposal]) -> str:
    """The file to look in for a step without a place: the script, or the only file there is."""
    files = {step.at.file for step in steps if step.at is not None} or set(sources.files)
    return sources.main or (files.pop() if len(files) == 1 else "")


def _edited(step: Proposal, source: Source) -> list[Edit] | None:
    """The edits of one step, none where nothing would change, None for pure advice."""
    try:
        # Each once: what counts their growth later must not count an import twice.
        edits = list(dict.fromkeys(catalogue()[step.remedy].edit(source, step.at, step.values)))
        same = [edit for edit in edits if source.data[edit.start : edit.end] == edit.text.encode()]
        return [edit for edit in edits if edit not in same] if edits else None
    except Unplaced as reason:
        raise ByHandError(_by_hand(step, str(reason))) from None
    except (RecursionError, LookupError, ValueError, AttributeError, AssertionError) as error:
        # A defect in an edit costs its diff, never the diagnosis.
        raise ByHandError(_by_hand(step, f"the edit failed ({type(error).__name__})")) from None


def _applied(step: Proposal, source: Source, edits: list[Edit]) -> Source:
    try:
        return apply(source, edits)
    except Unplaced as reason:
        raise ByHandError(_by_hand(step, str(reason))) from None


def _by_hand(step: Proposal, reason: str) -> str:
    place = ""
    if step.at is not None:
        cell, line = cell_at(step.at.file, step.at.line)
        place = f" at {spot(shown(step.at.file), line, cell)}"
    return f"Change {catalogue()[step.remedy].where} by hand{place}: {reason}."
