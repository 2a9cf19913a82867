"""The page of a Case: what the template shows, made of the report's sentences and the pictures."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from unstuck.case.proofs import RemedyRecord
from unstuck.case.schema import Case, CauseRecord, RunRecord
from unstuck.report import sentences
from unstuck.report.early import told_early
from unstuck.report.groups import Group, group
from unstuck.report.html.diffs import DiffLine, lines, shown_changes
from unstuck.report.html.gallery import Gallery, PagePicture
from unstuck.report.html.style import page_style
from unstuck.report.html.texts import Texts
from unstuck.report.html.visible import visible, visible_record
from unstuck.report.short import ShortReport
from unstuck.report.text import count, flat, given_as, path, place, value
from unstuck.report.trials import leading_trial
from unstuck.report.words import STATUS

#: By this a page of ours is known again.
GENERATOR: Final = '<meta name="generator" content="unstuck">'

#: Outcomes that are told in full; more of them are named.
_MOST_GROUPS = 6

#: Entries of a list that are told; more of them are counted.
_MOST_ENTRIES = 60

_MOST_CAUSES = 12


@dataclass(frozen=True)
class Cause:
    """One cause as it is shown."""

    record: CauseRecord
    number: int
    where: str
    grade: str
    bounds: str
    explains: str
    remedies: list[tuple[str, RemedyRecord, list[DiffLine]]]
    pictures: list[PagePicture]
    trials: list[str]


@dataclass(frozen=True)
class PageGroup:
    """One group of like runs as it is shown.

    `changes` are the changed lines of the one diff that cures, by file, `cause_at` is where the leading cause
    stands. `cut` counts what was left out of long lists, by list; `undrawn` names pictures that failed,
    `drawn` the experiments whose sentence is the caption of a picture.
    """

    run: RunRecord
    key: str
    subject: str
    where: str
    headline: str
    status: str
    others: str
    healthy: bool
    short: ShortReport
    cause_at: str
    changes: list[tuple[str, list[DiffLine]]]
    causes: list[Cause]
    lead: list[PagePicture]
    answers: list[PagePicture]
    checked: dict[str, list[str]]
    unchecked: dict[str, list[str]]
    facts: list[tuple[str, str]]
    undrawn: list[str]
    drawn: set[str]
    cut: dict[str, int] = field(default_factory=dict)


def render(case: Case) -> str:
    """The whole page. The same Case gives the same page, byte for byte."""
    page: str = template("page.html.j2").render(
        content(case),
        generator=GENERATOR,
        style=page_style(),
        script=path(visible(case.script)) if case.script else "",
        folded=False,
        skipped="",
        role="region",
    )
    return page


def content(case: Case, key: str = "") -> dict[str, Any]:
    """What the templates of the page and of the fragment show. Ids of pictures begin with `key`."""
    groups = group(case.runs)
    # A thousand runs, of which six are shown, are not gone through for that.
    seen = [Group(visible_record(each.run), each.numbers) for each in groups[:_MOST_GROUPS]]
    shown = visible_record(msgspec.structs.replace(case, runs=[]))
    gallery = Gallery(f"{key}-picture" if key else "picture")
    told = [_told(each, len(case.runs), number, gallery) for number, each in enumerate(seen, start=1)]
    return {
        "case": shown,
        "verdict": _verdict(shown.message, len(case.runs), len(groups), told),
        "told": told,
        "left": len(groups) - len(told),
        "many": len(groups) > 1,
        "say": sentences,
        "early": told_early,
        "texts": Texts(),
        "most": _MOST_ENTRIES,
    }


def _verdict(message: str, fits: int, outcomes: int, told: list[PageGroup]) -> str:
    """The page's heading: of one outcome its verdict, of several how many there are."""
    if not told:
        return flat(message) or "No fit was seen, so there is nothing to diagnose."
    return told[0].headline if outcomes == 1 else f"{count(fits, 'fit')}, {outcomes} different outcomes"


@functools.cache
def template(name: str) -> Any:
    """A template of this folder; what it shows is escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["flat"] = flat
    return environment.get_template(name)


def _told(held: Group, total: int, number: int, gallery: Gallery) -> PageGroup:
    """One outcome. Pictures are drawn in the order of the page: the first ones are the last to be spared."""
    run, short = held.run, ShortReport.of(held.run)
    lead = gallery.lead(run, leading_trial(run))
    causes = [_cause(run, cause, at, gallery) for at, cause in enumerate(run.causes[:_MOST_CAUSES], start=1)]
    answers = gallery.of_experiments(run)
    captions = {hung.picture.says for hung in answers}
    lists: dict[str, list[Any]] = {
        "symptoms": run.symptoms,
        "notes": run.notes,
        "refuted": run.refuted,
        "experiments": run.experiments,
        "errors": run.errors,
    }
    cut = {name: len(entries) - _MOST_ENTRIES for name, entries in lists.items()}
    return PageGroup(
        run=run,
        key=f"run{number}",
        subject=sentences.subject(held, total),
        where=place(run.fit),
        headline=sentences.headline(run),
        status=STATUS.get(run.status, (run.status, ""))[0],
        others=sentences.same_in(held),
        healthy=sentences.is_plainly_healthy(run),
        short=short,
        cause_at=place(short.cause.where) if short.cause else "",
        changes=shown_changes(short.files),
        causes=causes,
        lead=lead,
        answers=answers,
        drawn={each.name for each in run.experiments if any(flat(each.says) in said for said in captions)},
        checked=_checked(run),
        unchecked=sentences.unchecked(run),
        facts=_facts(run),
        undrawn=[gallery.failed.pop(0) for _ in list(gallery.failed)],
        cut={"causes": len(run.causes) - _MOST_CAUSES, **cut},
    )


def _cause(run: RunRecord, cause: CauseRecord, number: int, gallery: Gallery) -> Cause:
    """One cause with its pictures; a trial that is drawn needs no sentence but its caption."""
    pictures = gallery.of_cause(run, cause)
    captions = {hung.picture.says for hung in pictures}
    return Cause(
        record=cause,
        number=number,
        where=", ".join(filter(None, (place(cause.where), given_as(cause.where)))),
        grade=sentences.grade(cause),
        bounds=sentences.bounds(cause),
        explains=sentences.explained(cause, dict.fromkeys(each.rule for each in run.symptoms)),
        remedies=[
            (
                sentences.bidding(cause, order),
                remedy,
                lines(remedy.diff) if remedy.diff and not order and not cause.against(remedy) else [],
            )
            for order, remedy in enumerate(cause.remedies[:_MOST_CAUSES])
        ],
        pictures=pictures,
        trials=[trial.says for trial in cause.trials if flat(trial.says) not in captions][:_MOST_CAUSES],
    )


def _checked(run: RunRecord) -> dict[str, list[str]]:
    """The rules that were checked and found nothing, by group."""
    from unstuck.report.pages import by_group
    from unstuck.rules.rule import catalogue

    if not run.environment:  # the rules never ran
        return {}
    seen: tuple[Any, ...] = (*run.symptoms, *run.causes, *run.notes, *run.refuted, *run.not_checked)
    named = {each.rule for each in seen}
    named |= {name.strip() for error in run.errors for name in error.where.split(",")}
    fine = [rule for rule in catalogue().values() if rule.name not in named]
    return {name: [rule.name for rule in rules] for name, rules in by_group(fine).items()}


def _facts(run: RunRecord) -> list[tuple[str, str]]:
    """The environment and the sizes of the run, in words."""
    told = [(name.replace("_", " "), flat(held)) for name, held in run.environment.items()]
    told += [
        (name.replace("_", " "), text)
        for name, held in run.figures.items()
        if held is not None and (text := value(held)) is not None
    ]
    return told[:_MOST_ENTRIES]
