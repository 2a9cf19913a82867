"""What argmax-over-one-column sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective.argmax_over_one_column import argmax_over_one_column

#: The axes along which the columns of a row are compared.
_ALONG_A_ROW = (-1, 1)


@argmax_over_one_column.in_source("proved")
def in_source(code: Code) -> Finding | None:
    """An argmax along the rows of predictions that have one column."""
    found = [each for each in code.of("argmax") if each.shows.get("columns") == 1]
    found = [each for each in found if each.shows.get("axis") in _ALONG_A_ROW]
    if not found:
        return None
    return Finding(
        says="argmax compares the columns of a row, and the model's output has one column: the answer is 0 "
        "for every row.",
        shows={"columns": 1, "axis": found[0].shows["axis"]},
        where=found[0].place,
        remedies=(propose("advise", text="Decide by a threshold: (predictions > 0.5).astype(int)."),),
    )


in_source.fires(Code(sightings=(Sighting(kind="argmax", shows={"columns": 1, "axis": -1}),)))
in_source.quiet(Code(sightings=(Sighting(kind="argmax", shows={"columns": 10, "axis": -1}),)))
in_source.quiet(Code(sightings=(Sighting(kind="argmax", shows={"columns": 1, "axis": None}),)))
