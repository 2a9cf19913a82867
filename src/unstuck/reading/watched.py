"""What the source tells of a fit that was watched: the training that stands where fit was called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from unstuck.evidence.cells import is_notebook, program_of
from unstuck.evidence.facts import AnswersUsed, Code, Evidence, Place
from unstuck.evidence.gather import WRITTEN
from unstuck.evidence.made.inputs import with_places
from unstuck.evidence.syntax import text_in
from unstuck.watch.prompts import cell_name

if TYPE_CHECKING:
    from unstuck.reading import Reading

#: Files of more characters are no scripts; reading one takes a second per million.
_MOST_CHARACTERS = 1_000_000


def with_source(evidence: Evidence) -> Evidence:
    """The evidence with what the source of the script does around this fit; nothing of it is executed.

    A call of fit may stand on several ways through its file: only what holds on all of them that
    built the model as it is counts.
    """
    place = evidence.fit.place if evidence.fit is not None else None
    if place is None:
        return _without(evidence, "it is not known where fit was called")
    if cell_name(place.file) is not None:
        return _without(evidence, "a cell tells little alone; unstuck run reads the whole notebook")
    try:
        readings = _readings(_text(place.file), place.file)
    except (SyntaxError, ValueError):
        return _without(evidence, "the source of this fit could not be read")
    if evidence.inputs is not None:
        evidence = replace(evidence, inputs=with_places(evidence.inputs, place))
    chosen = _of_this_fit(evidence, place, readings)
    if not chosen:
        return _without(evidence, "this fit was not found in its source")
    if not all(each.sure for each in chosen):
        return _without(evidence, "the source does things after which nothing in it is certain")
    records = [each.evidence for each in chosen]
    written = _only(record.written_inputs for record in records)
    absent = {} if written is not None else {"WrittenInputs": "the source does not show what fit is given"}
    targets = {
        output.name: _only(_targets(record, output.name) for record in records) for output in evidence.outputs
    }
    return replace(
        evidence,
        code=_agreed([record.code for record in records if record.code is not None]),
        written_inputs=written,
        outputs=tuple(replace(each, written_targets=targets[each.name]) for each in evidence.outputs),
        absent={**evidence.absent, **absent},
    )


def with_answers_used(evidence: Evidence) -> Evidence:
    """The evidence with what the script does with the answers of a model of one column.

    It is asked of each such fit, also where the training looks right: then what is counted of it afterwards
    may not be. Only a file in which the word stands is read.
    """
    heads = [each.head for each in evidence.outputs]
    fit, model = evidence.fit, evidence.model
    place = fit.place if fit is not None else None
    if place is None or model is None or cell_name(place.file) is not None:
        return evidence
    if len(heads) != 1 or heads[0] is None or heads[0].shape != (1,):
        return evidence
    try:
        text = _text(place.file)
        readings = _readings(text, place.file) if "argmax" in text else ()
    except (SyntaxError, ValueError):
        return evidence
    chosen = _of_this_fit(evidence, place, readings)
    found = _agreed([each.evidence.code for each in chosen if each.evidence.code is not None])
    largest = [each for each in found.of("answers-argmax") if each.shows["axis"] in ALONG_A_ROW]
    certain = bool(largest) and all(each.sure for each in chosen) and _on_each_way(chosen, readings)
    used = AnswersUsed(largest_at=largest[0].place if certain else None)
    return replace(evidence, answers_used=used)


#: The axes along which the columns of a row are compared.
ALONG_A_ROW = (-1, 1)


def _on_each_way(chosen: Sequence[Reading], readings: Sequence[Reading]) -> bool:
    """Whether each condition on the way to this fit was walked both ways, and no walk left anything out.

    All conditions of the first walk are turned over together, then each by itself.
    """
    conditions = {each.conditions for each in chosen if each.walk == 0}
    if not conditions or any(each.left_out for each in chosen):
        return False
    turned = {0: 0, 1: 1}.get(max(conditions), max(conditions) + 1)
    return max(each.walk for each in readings) >= turned


def _without(evidence: Evidence, reason: str) -> Evidence:
    return replace(evidence, absent={**evidence.absent, **dict.fromkeys(WRITTEN, reason)})


@lru_cache(maxsize=8)
def _readings(text: str, file: str) -> tuple[Reading, ...]:
    """The trainings in a text, read once as it stands: a script may call fit a hundred times."""
    from unstuck.reading import read_text

    return read_text(text, file)


def _text(file: str) -> str:
    """What a file holds.

    Raises:
        ValueError: it cannot be read, or is too long for a script.
    """
    held = program_of(file) if is_notebook(file) else None
    text = held.text if held is not None else text_in(file)
    if text is None or len(text) > _MOST_CHARACTERS:
        raise ValueError("it cannot be read, or is too long")
    return text


def _of_this_fit(evidence: Evidence, place: Place, readings: Iterable[Reading]) -> list[Reading]:
    """The readings of the call of fit at this place, those that build another model left out."""
    backend = evidence.environment.backend if evidence.environment is not None else None
    found = [
        each
        for each in readings
        if _same_call(each.evidence, place) and (backend is None or backend in each.backends)
    ]
    return [each for each in found if _builds(each.evidence, evidence)] or found


def _same_call(read: Evidence, place: Place) -> bool:
    written = read.fit.place if read.fit is not None else None
    if written is None or written.line != place.line:
        return False
    return place.column is None or written.column in (None, place.column)


def _builds(read: Evidence, seen: Evidence) -> bool:
    """Whether a reading builds the layers with weights that the live model has."""
    if read.model is None or seen.model is None:
        return False
    from unstuck.reading.layers import WEIGHTLESS

    live = Counter(each.kind for each in seen.model.layers if each.parameters)
    there = {each.kind for each in seen.model.layers}
    kinds = [each.kind for each in read.model.layers]
    return Counter(kind for kind in kinds if kind in live) == live and set(kinds) <= there | WEIGHTLESS


def _agreed(codes: Sequence[Code]) -> Code:
    """The sightings that all have, in the order of the first."""
    if not codes:
        return Code()
    first, *others = codes
    return Code(sightings=tuple(each for each in first.sightings if all(each in o.sightings for o in others)))


def _only(records: Iterable[Any]) -> Any:
    """The record that all agree on, else None."""
    first, *others = records
    return first if all(each == first for each in others) else None


def _targets(record: Evidence, name: str) -> Any:
    """What the source does to the targets of an output; a lone output may bear a name of Keras's own."""
    named = {output.name: output.written_targets for output in record.outputs}
    return next(iter(named.values())) if len(named) == 1 else named.get(name)
