"""Whether the rows that judge a training are among those that trained it, told by hashes of passing rows."""

from __future__ import annotations

import ast

from unstuck.evidence.facts import Overlap, Place
from unstuck.evidence.syntax import parsed
from unstuck.watch.rows import Rows


def read_overlap(training: Rows | None, validation: Rows | None, fit: Place | None) -> Overlap | None:
    """How many rows of the first validation were trained on, None where either was no stream.

    The one call of shuffle in the file of `fit` is the place to look at.
    """
    if training is None or validation is None or not training.passes or not validation.passes:
        return None
    first = training.passes[0]
    trained = {row for each in training.passes for row in each}
    judged = set(validation.passes[0])
    later = set(validation.passes[1]) if len(validation.passes) > 1 else judged
    return Overlap(
        judged=len(judged),
        trained_on=len(judged & trained),
        in_first_epoch=len(judged & set(first)),
        new_in_second=len(later - judged),
        repeated=1.0 - len(set(first)) / len(first),
        trained_rows=len(trained),
        epochs=len(training.passes),
        place=_line_of_shuffle(fit.file) if fit is not None else None,
    )


def _line_of_shuffle(file: str) -> Place | None:
    """The one call of a method shuffle whose order is drawn anew each time, None for none or several."""
    tree = parsed(file)
    if tree is None:
        return None
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "shuffle"
        and all(keyword.arg != "reshuffle_each_iteration" for keyword in node.keywords)
    ]
    if len(found) != 1:
        return None
    call = found[0]
    return Place(
        file=file,
        line=call.func.end_lineno or call.lineno,
        end_line=call.end_lineno,
    )
