"""What the signs found, put together: which of them lead, and which causes fit, the likeliest first.

A sign that a surer one explains is folded. What figures leave as the only explanation leads. The other
causes are ordered by the rank of the sign that names them, one rank later with each place there, and
among equals by how many signs do: the first guess of each sign comes before the last of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from unstuck.evidence.printed.run import LoggedRun
from unstuck.rules.arithmetic import learns, rises
from unstuck.rules.bounds import NEAR_ONE
from unstuck.rules.sign import Book, Certainty, Fit, Seen, Sign, signs

#: A shortlist longer than this is no help; the rest is in what the signs say.
_MOST_CAUSES = 5

#: Ranks of signs are tens; a cause in the second place of a sign is as good as the first of the next rank.
_A_PLACE = 10

if TYPE_CHECKING:
    # Reading source brings libcst and the rules along, which a log alone does not need.
    from unstuck.evidence.facts import Place
    from unstuck.logbook.beside import Beside


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A cause that fits, how sure, what speaks for it, and which signs name it.

    `place` is where the source shows it too, where a source was given.
    """

    cause: str
    certainty: Certainty
    because: tuple[str, ...]
    signs: tuple[str, ...]
    output: str = ""
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one training of a log shows.

    `status` is "suspect" where a cause fits, "learns" where the figures are those of learning, else
    "unclear". `seen` are the signs that lead and the facts, `folded` those that a surer one explains.
    `excluded` are causes that would fit and that the source rules out, with the reason.
    """

    run: LoggedRun
    status: str
    seen: tuple[Seen, ...]
    folded: tuple[Seen, ...]
    suspects: tuple[Suspect, ...]
    facts: Mapping[str, Any]
    excluded: Mapping[str, str] = field(default_factory=dict)


def judge_log(runs: Sequence[LoggedRun], sources: Sequence[Beside] = ()) -> list[Verdict]:
    """What each training of a log shows. What only all of them together show stands with the last one.

    `sources` hold what a script says beside each of them, where one was given.
    """
    together = _ask((each for each in signs() if each.of_book), Book(tuple(runs))) if len(runs) > 1 else []
    verdicts = []
    for number, run in enumerate(runs):
        found = together if number == len(runs) - 1 else []
        verdicts.append(judge_run(run, found, sources[number] if sources else None))
    return verdicts


def judge_run(run: LoggedRun, more: Sequence[Seen] = (), source: Beside | None = None) -> Verdict:
    """What one training shows. `more` are signs that were found beside it."""
    found = [*(source.seen if source else ()), *more]
    asked = [each for each in signs() if not each.of_book]
    for name in run.output_names:
        found += [replace(seen, output=name) for seen in _ask(asked, run.of_output(name))]
    leading = [seen for seen in found if not any(_covers(other, seen) for other in found)]
    suspects = _with_source(rank(leading), source)
    facts: dict[str, Any] = {}
    for seen in leading:
        for name, value in seen.facts.items():
            facts.setdefault(name, value)
    part = run.of_output(run.output_names[0])
    status = "suspect" if suspects else "learns" if learns(part) or _has_learned(part) else "unclear"
    out = source.excluded if source else {}
    named = {fit.cause for seen in leading for fit in seen.fits}
    return Verdict(
        run=run,
        status=status,
        seen=tuple(leading),
        folded=tuple(seen for seen in found if seen not in leading),
        suspects=suspects[:_MOST_CAUSES],
        facts=facts,
        excluded={cause: reason for cause, reason in out.items() if cause in named},
    )


def _with_source(suspects: Sequence[Suspect], source: Beside | None) -> tuple[Suspect, ...]:
    """The causes that the source shows too on top, those that it rules out left out."""
    if source is None:
        return tuple(suspects)
    kept = [replace(each, place=source.agreed.get(each.cause)) for each in suspects]
    kept = [each for each in kept if each.cause not in source.excluded]
    return tuple(sorted(kept, key=lambda each: each.place is None))


def _ask(asked: Iterable[Sign], given: LoggedRun | Book) -> list[Seen]:
    return [seen for seen in (each(given) for each in asked) if seen is not None]


def _covers(other: Seen, seen: Seen) -> bool:
    """Whether another sign on the same output explains this one, and is not explained by it in turn."""
    if other is seen or (other.output and seen.output and other.output != seen.output):
        return False
    return seen.sign in other.covers


def _has_learned(run: LoggedRun) -> bool:
    """Whether the accuracy is high enough to be no question, however it came there, unless the loss rises."""
    high = bool(run.accuracy) and run.accuracy[-1].finite and run.accuracy[-1].value >= NEAR_ONE
    return high and not rises(run.loss)


def rank(leading: Sequence[Seen]) -> tuple[Suspect, ...]:
    """The causes that the leading signs name, the likeliest first."""
    order = {each.name: each.rank for each in signs()}
    held: dict[tuple[str, str], list[tuple[int, int, Fit, Seen]]] = {}
    for seen in leading:
        for place, fit in enumerate(seen.fits):
            entry = (order.get(seen.sign, 0), place, fit, seen)
            held.setdefault((fit.cause, seen.output), []).append(entry)

    def key(item: tuple[tuple[str, str], list[tuple[int, int, Fit, Seen]]]) -> tuple[int, int, int]:
        entries = item[1]
        measured = any(fit.certainty == "measured" for _, _, fit, _ in entries)
        best = min(sign_rank + _A_PLACE * place for sign_rank, place, _, _ in entries)
        return (0 if measured else 1, best, -len(entries))

    ordered = sorted(held.items(), key=key)
    return tuple(
        Suspect(
            cause=cause,
            certainty="measured"
            if any(fit.certainty == "measured" for _, _, fit, _ in entries)
            else "suspected",
            because=tuple(dict.fromkeys(fit.because for _, _, fit, _ in entries if fit.because)),
            signs=tuple(dict.fromkeys(seen.sign for *_, seen in entries)),
            output=output,
        )
        for (cause, output), entries in ordered
    )
