"""The sentences that a saved run holds, made from its values: when it is recorded, and after its proof."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from unstuck.case.proofs import Proof
from unstuck.case.schema import CauseRecord, NoteRecord, RefutedRecord, RunRecord
from unstuck.report.headline import headline_of
from unstuck.report.trials import with_sentences

Found = TypeVar("Found", bound=CauseRecord)


def worded(run: RunRecord) -> RunRecord:
    """The run with its headline, what its trials came to, and why its notes are none of its causes."""
    return msgspec.structs.replace(
        run,
        headline=headline_of(run),
        causes=[_tried(cause) for cause in run.causes],
        notes=[_set_aside(_tried(note)) for note in run.notes],
        refuted=[_withdrawn(_tried(cause)) for cause in run.refuted],
        proof=_proof(run.proof),
    )


def _tried(cause: Found) -> Found:
    return msgspec.structs.replace(cause, trials=[with_sentences(trial) for trial in cause.trials])


def _set_aside(note: NoteRecord) -> NoteRecord:
    """Why it is no cause; what a trial said of it stands."""
    because = note.because
    if note.explained_by:
        because = f"explained by {note.explained_by}"
    elif not because and note.explains:
        because = "already explained by a surer cause"
    return msgspec.structs.replace(note, because=because or "explains nothing that was seen here")


def _withdrawn(cause: RefutedRecord) -> RefutedRecord:
    """What spoke against it: a cause that was found, an answer to a question, or its own trial."""
    if cause.explained_by:
        return msgspec.structs.replace(cause, because=f"{cause.explained_by} explains it.")
    against = cause.because or next((trial.says for trial in reversed(cause.trials)), "")
    return msgspec.structs.replace(cause, because=against)


def _proof(proof: Proof | None) -> Proof | None:
    if proof is None or proof.together is None:
        return proof
    return msgspec.structs.replace(proof, together=with_sentences(proof.together))
