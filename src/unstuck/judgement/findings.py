"""Finding, Certainty and Impact; which Cause explains what; ranking."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unstuck.evidence.facts import Place, Script

#: Figures of a history agree with a prediction within this share: epochs are running means in float32.
PRINTED = 1e-3


class Certainty(StrEnum):
    """How sure a finding is, weakest first."""

    SUSPECTED = "suspected"
    MEASURED = "measured"
    PROVED = "proved"
    CONFIRMED = "confirmed"


class Impact(StrEnum):
    """What a cause does to the training, mildest first.

    misleads: a figure or a split tells the model wrongly, whether it is right or not;
    harms: the model learns less, or slower, than it could;
    blocks: nothing can be learned while it stands.
    """

    MISLEADS = "misleads"
    HARMS = "harms"
    BLOCKS = "blocks"


@dataclass(frozen=True)
class Proposal:
    """A remedy that a rule asks for: its name, where in the source, and the values to write.

    `also` are changes that only make sense together with this one; they share its diff.
    """

    remedy: str
    at: Place | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[Proposal, ...] = ()


def propose(remedy: str, at: Place | None = None, also: tuple[Proposal, ...] = (), **values: Any) -> Proposal:
    """Ask for a remedy: `propose("set-output-activation", at=head.place, activation="sigmoid")`."""
    return Proposal(remedy, at, values, also)


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """What a claim says of a figure in the history: if it holds, the last value lies within these bounds.

    `key` is Keras's name of the figure ("loss", "accuracy"); the bounds have its unit.
    """

    key: str
    at_least: float = -math.inf
    at_most: float = math.inf

    def contradicted_by(self, value: float) -> bool:
        """Whether a reported value lies outside by more than the digits of a log can hide."""
        slack = PRINTED * max(1.0, abs(value))
        return math.isfinite(value) and not self.at_least - slack <= value <= self.at_most + slack


@dataclass(frozen=True, kw_only=True)
class Blame:
    """What a call at a place is given that is at fault: the first of these parameters that it is given.

    `held` is what it held when it was run, None where that is not known: a line that writes another value
    is not the one.
    """

    at: Place
    names: tuple[str, ...]
    held: Any = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule found. The rule writes `says`, `shows`, `where`, `remedies` and, where it is not
    the rule's usual one, `certainty` and `impact`; the engine fills the rest.

    `says` is one or two sentences with the numbers in them: what was seen, and why it matters.
    `shows` are the figures by name: the observed one, the predicted one, the bound. `predicts` are
    figures of the history that follow from the claim: where one is reported that contradicts it, the
    engine withdraws the claim.

    A symptom in printed figures names the causes that it `fits`, the likeliest first, each with what speaks
    for it as its `says`; `facts` are what it tells of the data and the software; what it explains are
    symptoms that it says better. `likelihood` orders causes that figures alone do not decide between: the
    engine takes it from the symptom that fits them and from their place there. `agreed` says that the script
    beside a log has the cause as well, at `where`.

    `held` is the value at fault where the rule `blames` an argument; of these the engine makes `blamed`,
    which is followed back to the line where that value was made.
    """

    says: str
    shows: Mapping[str, Any] = field(default_factory=dict)
    where: Place | None = None
    remedies: tuple[Proposal, ...] = ()
    predicts: tuple[Predicted, ...] = ()
    certainty: Certainty | None = None
    impact: Impact | None = None
    rule: str = ""
    output: str = ""
    family: str = ""
    explains: tuple[str, ...] = ()
    fits: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    likelihood: int = 0
    agreed: bool = False
    held: Any = None
    blamed: tuple[Blame, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """All findings on one Run: symptoms by output, in catalogue order; causes best first.

    `notes` are risks that explain no symptom here. `folded` are causes that another cause
    explains, with `explains` pointing at what they explain; `told_better` are symptoms that another one
    explains, `doubtful` those that are none as long as no cause of them is known.
    `ruled_out` pairs a cause that would fit with what in the script speaks against it. `asked`
    counts the rules that were asked; `not_checked` pairs a rule with the reason; `errored` pairs a rule with
    the error it raised.
    """

    symptoms: tuple[Finding, ...] = ()
    causes: tuple[Finding, ...] = ()
    folded: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    told_better: tuple[Finding, ...] = ()
    doubtful: tuple[Finding, ...] = ()
    ruled_out: tuple[tuple[str, str], ...] = ()
    asked: int = 0
    not_checked: tuple[tuple[str, str], ...] = ()
    errored: tuple[tuple[str, str], ...] = ()


_ESTABLISHED = {Certainty.CONFIRMED: 2, Certainty.PROVED: 1, Certainty.MEASURED: 1, Certainty.SUSPECTED: 0}
_IMPACT = {Impact.MISLEADS: 0, Impact.HARMS: 1, Impact.BLOCKS: 2}
_CERTAINTY = {certainty: order for order, certainty in enumerate(Certainty)}


#: A cause in the second place of what a symptom fits is as likely as the first of one ranked ten lower.
_A_PLACE = 10


def strength(cause: Finding, symptoms: Iterable[Finding]) -> tuple[bool, int, int, int, int, int, int]:
    """The sort key of a cause: what source and figures agree on, then established before suspected, then
    likelihood, impact, certainty, and how many of the symptoms that were seen it explains, or could.

    A measured cause that blocks all learning leads a proved one that only misleads: curing the
    second leaves the training where it was.
    """
    certainty, impact = cause.certainty or Certainty.SUSPECTED, cause.impact or Impact.HARMS
    return (
        cause.agreed,
        _ESTABLISHED[certainty],
        cause.likelihood,
        _IMPACT[impact],
        _CERTAINTY[certainty],
        len(_explained(cause, symptoms)),
        len(cause.explains),
    )


def rank(
    symptoms: Sequence[Finding],
    found: Iterable[Finding],
    *,
    gated: bool = True,
    script: Script | None = None,
) -> Judgement:
    """Order causes, fold those that a stronger cause explains, set aside what explains nothing.

    A cause is folded when a cause before it lists its rule among what it explains: an established
    cause comes before what it explains, whatever their impact, as it is first in the chain of
    events. A suspected cause is a note when every symptom it explains is already explained by an
    established one: the fewest causes lead. What explains no symptom that was seen is a note, or folded
    where an established cause that leads explains it; with `gated` false (source or figures alone, which
    leave symptoms or mechanisms unseen) what is proved is a cause all the same, and what is suspected
    stays one beside an established cause.
    A symptom that is only suspected counts where a cause explains it, else it is
    dropped. One that another symptom explains is set aside, with the causes that it fits.
    `script` agrees on causes that figures fit, or rules them out. A finding on one output of the model
    explains what was seen on that output or on the
    model as a whole. Rules that say the same at the same place are one finding.
    """
    leading = [each for each in symptoms if not any(folds(other, each) for other in symptoms)]
    fitting = [fit for each in leading for fit in _fitting(each)]
    kept, ruled_out = _beside(fitting, script)
    found = [*found, *_each_once(kept)]
    ordered = as_one(sorted(found, key=lambda each: strength(each, leading), reverse=True))
    standing = [each for each in leading if _stands(each, ordered)]
    candidates: list[Finding] = []
    notes: list[Finding] = []
    for cause in ordered:
        seen = {each.rule for each in (*standing, *ordered) if _concerns(cause, each)}
        cause = replace(cause, explains=tuple(name for name in _reach(cause, ordered) if name in seen))
        leads = bool(_explained(cause, standing)) or (not gated and cause.certainty is Certainty.PROVED)
        (candidates if leads else notes).append(cause)
    causes, folded, spared = _folded(_upstream_first(candidates), standing, gated=gated)
    notes, follow = _following(notes, causes)
    return Judgement(
        symptoms=tuple(standing),
        causes=tuple(causes),
        folded=(*folded, *follow),
        notes=(*notes, *spared),
        told_better=tuple(each for each in symptoms if each not in leading),
        doubtful=tuple(each for each in leading if each not in standing),
        ruled_out=tuple(ruled_out.items()),
    )


def _folded(
    candidates: Iterable[Finding], symptoms: Sequence[Finding], *, gated: bool
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """The causes that lead, those that one of them explains, and those that are not needed beside them."""
    causes: list[Finding] = []
    folded: list[Finding] = []
    spared: list[Finding] = []
    covered: set[tuple[str, str]] = set()
    for cause in candidates:
        explained = _explained(cause, symptoms)
        if any(folds(leader, cause) for leader in causes):
            folded.append(cause)
        elif gated and cause.certainty is Certainty.SUSPECTED and explained <= covered:
            spared.append(cause)
        else:
            causes.append(cause)
            if cause.certainty is not Certainty.SUSPECTED:
                covered |= explained
    return causes, folded, spared


def _following(notes: Iterable[Finding], causes: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The notes that stand by themselves, and those that an established cause explains."""
    leaders = [cause for cause in causes if cause.certainty is not Certainty.SUSPECTED]
    stand: list[Finding] = []
    follow: list[Finding] = []
    for note in notes:
        (follow if any(folds(leader, note) for leader in leaders) else stand).append(note)
    return stand, follow


def _fitting(symptom: Finding) -> list[Finding]:
    """The causes that a symptom fits, as findings on its output that explain it."""
    return [
        replace(
            fit,
            output=symptom.output,
            explains=(symptom.rule,),
            likelihood=symptom.likelihood - _A_PLACE * place,
        )
        for place, fit in enumerate(symptom.fits)
    ]


def _beside(fitting: Iterable[Finding], script: Script | None) -> tuple[list[Finding], dict[str, str]]:
    """The causes that a script leaves, at their line where it has them too, and why it rules out the rest."""
    if script is None:
        return list(fitting), {}
    kept: list[Finding] = []
    ruled_out: dict[str, str] = {}
    for fit in fitting:
        place, reason = script.shows.get(fit.rule), script.rules_out.get(fit.rule)
        if reason:
            ruled_out[fit.rule] = reason
        else:
            kept.append(replace(fit, where=place, agreed=True) if place is not None else fit)
    return kept, ruled_out


def _each_once(fitting: Iterable[Finding]) -> list[Finding]:
    """Each cause once on each output: what several symptoms fit explains them all, and is as likely and as
    sure as by the one that says most.
    """
    held: dict[tuple[str, str], Finding] = {}
    for fit in fitting:
        first = held.setdefault((fit.rule, fit.output), fit)
        if first is not fit:
            sure = max((first, fit), key=lambda each: _CERTAINTY[each.certainty or Certainty.SUSPECTED])
            held[fit.rule, fit.output] = replace(
                first,
                says=first.says if fit.says in first.says else f"{first.says} {fit.says}".lstrip(),
                certainty=sure.certainty,
                explains=(*first.explains, *fit.explains),
                likelihood=max(first.likelihood, fit.likelihood),
            )
    return list(held.values())


def as_one(ordered: Iterable[Finding]) -> list[Finding]:
    """The findings, those that say the same as an earlier one taken together with it.

    Two rules may know one defect. They say the same where they show the same figures, by name, at the same
    place in the source and on the same output; the first is kept and explains what either does.
    """
    kept: dict[Any, Finding] = {}
    for position, each in enumerate(ordered):
        said = frozenset((re.sub(r"\W", "_", name), repr(value)) for name, value in each.shows.items())
        key = (each.where, each.output, said) if each.where is not None and said else position
        first = kept.setdefault(key, each)
        more = (name for name in each.explains if name != first.rule)
        kept[key] = replace(first, explains=tuple(dict.fromkeys((*first.explains, *more))))
    return list(kept.values())


def _upstream_first(causes: list[Finding]) -> list[Finding]:
    """The causes with each established one before those that it explains, otherwise in their order."""
    placed: list[Finding] = []
    for cause in causes:
        established = cause.certainty is not Certainty.SUSPECTED
        at = next(
            (
                index
                for index, other in enumerate(placed)
                if established and folds(cause, other) and not folds(other, cause)
            ),
            len(placed),
        )
        placed.insert(at, cause)
    return placed


def _reach(cause: Finding, found: Iterable[Finding]) -> tuple[str, ...]:
    """What a cause explains, and what the causes explain that it explains."""
    through = [
        name
        for each in found
        if each.rule in cause.explains and _concerns(cause, each)
        for name in each.explains
    ]
    return tuple(dict.fromkeys((*cause.explains, *(name for name in through if name != cause.rule))))


def _stands(symptom: Finding, causes: Iterable[Finding]) -> bool:
    """Whether a symptom is one by itself; a suspected one is only where a cause explains it."""
    explained = any(symptom.rule in cause.explains and _concerns(cause, symptom) for cause in causes)
    return symptom.certainty is not Certainty.SUSPECTED or explained


def folds(leader: Finding, cause: Finding) -> bool:
    """Whether a leading cause explains another one, on the same output or the whole model."""
    return leader.rule != cause.rule and cause.rule in leader.explains and _concerns(leader, cause)


def _concerns(cause: Finding, other: Finding) -> bool:
    """Whether a cause on one output can explain a finding on that or another."""
    return not cause.output or not other.output or cause.output == other.output


def _explained(cause: Finding, symptoms: Iterable[Finding]) -> set[tuple[str, str]]:
    """The symptoms that a cause explains, by rule and output."""
    return {
        (each.rule, each.output)
        for each in symptoms
        if each.rule in cause.explains and _concerns(cause, each)
    }
