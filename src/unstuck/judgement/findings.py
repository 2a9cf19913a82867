"""Finding, Certainty and Impact; which Cause explains what; ranking."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from unstuck.evidence.facts import Place

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

    misleads: the model may be right, a figure or a split tells it wrongly;
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
class Finding:
    """What a rule found. The rule writes `says`, `shows`, `where`, `remedies` and, where it is not
    the rule's usual one, `certainty` and `impact`; the engine fills the rest.

    `says` is one or two sentences with the numbers in them: what was seen, and why it matters.
    `shows` are the figures by name: the observed one, the predicted one, the bound. `predicts` are
    figures of the history that follow from the claim: where one is reported that contradicts it, the
    engine withdraws the claim.
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


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """All findings on one Run: symptoms in catalogue order, causes best first.

    `notes` are risks that explain no symptom here. `folded` are causes that another cause
    explains, with `explains` pointing at what they explain. `asked` counts the rules that were
    asked; `not_checked` pairs a rule with the reason; `errored` pairs a rule with the error it raised.
    """

    symptoms: tuple[Finding, ...] = ()
    causes: tuple[Finding, ...] = ()
    folded: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    asked: int = 0
    not_checked: tuple[tuple[str, str], ...] = ()
    errored: tuple[tuple[str, str], ...] = ()


_ESTABLISHED = {Certainty.CONFIRMED: 2, Certainty.PROVED: 1, Certainty.MEASURED: 1, Certainty.SUSPECTED: 0}
_IMPACT = {Impact.MISLEADS: 0, Impact.HARMS: 1, Impact.BLOCKS: 2}
_CERTAINTY = {certainty: order for order, certainty in enumerate(Certainty)}


def strength(cause: Finding) -> tuple[int, int, int, int]:
    """The sort key of a cause: established before suspected, then impact, certainty, reach.

    A measured cause that blocks all learning leads a proved one that only misleads: curing the
    second leaves the training where it was.
    """
    certainty, impact = cause.certainty or Certainty.SUSPECTED, cause.impact or Impact.HARMS
    return (_ESTABLISHED[certainty], _IMPACT[impact], _CERTAINTY[certainty], len(cause.explains))


def rank(symptoms: Sequence[Finding], found: Iterable[Finding], *, gated: bool = True) -> Judgement:
    """Order causes, fold those that a stronger cause explains, set aside what explains nothing.

    A cause is folded when a cause before it lists its rule among what it explains: an established
    cause comes before what it explains, whatever their impact, as it is first in the chain of
    events. A suspected cause is a note when every symptom it explains is already explained by an
    established one: the fewest causes lead. What explains no symptom that was seen is a note;
    with `gated` false (before training, when there are no symptoms yet) what is proved is a cause
    all the same. A symptom that is only suspected counts where a cause explains it, else it is
    dropped. A finding on one output of the model explains what was seen on that output or on the
    model as a whole. Rules that say the same at the same place are one finding.
    """
    ordered = as_one(sorted(found, key=strength, reverse=True))
    symptoms = [each for each in symptoms if _stands(each, ordered)]
    candidates: list[Finding] = []
    notes: list[Finding] = []
    for cause in ordered:
        seen = {each.rule for each in (*symptoms, *ordered) if _concerns(cause, each)}
        cause = replace(cause, explains=tuple(name for name in _reach(cause, ordered) if name in seen))
        leads = bool(_explained(cause, symptoms)) or (not gated and cause.certainty is Certainty.PROVED)
        (candidates if leads else notes).append(cause)
    candidates = _upstream_first(candidates)
    causes: list[Finding] = []
    folded: list[Finding] = []
    covered: set[tuple[str, str]] = set()
    for cause in candidates:
        explained = _explained(cause, symptoms)
        if any(folds(leader, cause) for leader in causes):
            folded.append(cause)
        elif gated and cause.certainty is Certainty.SUSPECTED and explained <= covered:
            notes.append(cause)
        else:
            causes.append(cause)
            if cause.certainty is not Certainty.SUSPECTED:
                covered |= explained
    return Judgement(symptoms=tuple(symptoms), causes=tuple(causes), folded=tuple(folded), notes=tuple(notes))


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
        reach = dict.fromkeys((*first.explains, *each.explains))
        kept[key] = replace(first, explains=tuple(name for name in reach if name != first.rule))
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
