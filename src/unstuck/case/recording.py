"""Findings as the records of a Case: plain values, places, remedies written for the user's source."""

from __future__ import annotations

from typing import Any

import msgspec

from unstuck.case.plain import plain
from unstuck.case.proofs import ChangeRecord, RemedyRecord
from unstuck.case.schema import Came, ReferenceRecord, Where
from unstuck.evidence.cells import cell_at
from unstuck.evidence.facts import Evidence, Place, Reference
from unstuck.evidence.made.blame import made_of
from unstuck.evidence.source import SourceReader
from unstuck.judgement.findings import Finding, Proposal
from unstuck.judgement.standing import rival_of
from unstuck.remedies.remedy import ByHandError, catalogue, diff_of, steps_of
from unstuck.watch.prompts import cell_name


def recorded(cause: Finding, sources: SourceReader) -> dict[str, Any]:
    """The fields that a CauseRecord and its kin share."""
    return {
        "rule": cause.rule,
        "certainty": str(cause.certainty),
        "impact": str(cause.impact),
        "where": made_at(cause, sources),
        "says": cause.says,
        "shows": plain(cause.shows),
        "explains": list(cause.explains),
        "remedies": [write(proposal, sources) for proposal in cause.remedies],
        "output": cause.output,
    }


def write(proposal: Proposal, sources: SourceReader) -> RemedyRecord:
    """The remedy as the user reads it: what to do, and the diff of their own lines.

    The proposals in `also` share the diff. Where any of them cannot be placed exactly, there is
    no diff and the text ends with where to make the change by hand.
    """
    steps = steps_of(proposal)
    says = " ".join(dict.fromkeys(catalogue()[step.remedy].says(step.values) for step in steps))
    try:
        diff = diff_of(steps, sources)
    except ByHandError as reason:
        diff, says = None, f"{says} {reason}"
    return RemedyRecord(name=proposal.remedy, says=says, diff=diff, changes=[_change(step) for step in steps])


def _change(step: Proposal) -> ChangeRecord:
    """A step as it is saved: plain values, the place field by field."""
    fields = vars(step.at).items() if step.at is not None else ()
    at = {name: value for name, value in fields if value is not None and value is not False} or None
    plain = msgspec.to_builtins(dict(step.values), enc_hook=str)
    return ChangeRecord(remedy=step.remedy, at=at, values=plain)


def proposal_of(change: ChangeRecord) -> Proposal:
    """A saved step as the proposal that it was."""
    return Proposal(change.remedy, Place(**change.at) if change.at else None, change.values)


def referred(reference: Reference) -> ReferenceRecord:
    """What an output was held against, as it is saved."""
    apart, rival = reference.versus_simple, rival_of(reference)
    return ReferenceRecord(
        measure=reference.measure,
        network=plain(reference.network),
        why=reference.why,
        trivial=plain(dict(reference.trivial)),
        simple=plain(dict(reference.simple)),
        on=reference.on,
        judged=reference.judged,
        taught=reference.taught,
        low=plain(apart.low) if apart is not None else None,
        high=plain(apart.high) if apart is not None else None,
        p_value=reference.p_value if reference.simple else None,
        rival=rival.name if rival is not None else "",
    )


def made_at(cause: Finding, sources: SourceReader) -> Where | None:
    """The line where what a cause blames was made, and those that it came through; else its own place."""
    for blame in cause.blamed:
        others = tuple(each for each in (sources.main,) if each is not None)
        made = made_of(blame.at, blame.names, value=blame.held, others=others)
        if made is not None and made.place != blame.at:
            told = where(made.place)
            because = [_came(" and ".join(blame.names), blame.at)]
            because += [_came(link.name, link.place) for link in made.links if link.place != made.place]
            return told and msgspec.structs.replace(told, because=tuple(because) if made.links else ())
        if made is not None:
            return where(made.place)
    return where(cause.where)


def _came(name: str, place: Place) -> Came:
    cell, line = cell_at(place.file, place.line)
    return Came(name, cell_name(place.file) or place.file, line, cell)


def where(place: Place | None) -> Where | None:
    """A place as file and line, in a notebook as cell and line in the cell."""
    if place is None:
        return None
    cell, line = cell_at(place.file, place.line)
    return Where(cell_name(place.file) or place.file, line, cell)


def figures(evidence: Evidence) -> dict[str, Any]:
    """The sizes a report needs to speak of the run."""
    fit, model, optimizer = evidence.fit, evidence.model, evidence.optimizer
    figures: dict[str, Any] = {}
    if fit is not None:
        names = (
            "rows",
            "validation_rows",
            "batch_size",
            "epochs",
            "epochs_done",
            "updates",
            "data",
            "raised",
        )
        figures.update({name: getattr(fit, name) for name in names})
    if model is not None:
        figures.update(model=model.name, kind=model.kind, parameters=model.parameters)
    if optimizer is not None:
        figures.update(optimizer=optimizer.name, learning_rate=optimizer.learning_rate)
    return {name: plain(value) for name, value in figures.items()}
