"""What Keras says in words around its figures: row counts, classes, and warnings that name a cause."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Warnings by our name for them, with words that stand in the warning and nowhere else.
WARNINGS = {
    "softmax-over-one-unit": re.compile(r"softmax over axis -?\d+ of a tensor of shape \(.{0,80}, 1\)"),
    "categorical-crossentropy-on-one-unit": re.compile(
        r"In loss categorical_crossentropy, expected y_pred\.shape to be \(batch_size, num_classes\)"
    ),
    "activated-logits": re.compile(
        r"received `?from_logits=True`?, but the `?output`? argument was produced by a (?:Sigmoid|Softmax)",
        re.IGNORECASE,
    ),
    "gradients-missing": re.compile(r"Gradients do not exist for variables"),
    "flag-changed": re.compile(r"Discrepancy between trainable weights and collected trainable"),
    "no-trainable-weights": re.compile(r"^\W*Trainable params:\s*0\b(?![,.]\d)"),
    "ran-out-of-data": re.compile(r"[Yy]our (?:input|dataset) (?:ran|iterator ran) out of data"),
    "stopped-early": re.compile(r"\b[Ee]arly stopping\b"),
}

_HINT = re.compile(
    r"samples|belonging|files for|softmax over|expected y_pred|from_logits|Gradients do not"
    r"|Discrepancy|Trainable params|out of data|arly stopping"
)
_SAMPLES = re.compile(r"Train on (\d{1,12}) samples?(?:, validate on (\d{1,12}) samples?)?")
_FOUND = re.compile(r"Found (\d{1,12}) (?:\w+ ){1,3}belonging to (\d{1,7}) class")
_USING = re.compile(r"Using (\d{1,12}) files for (training|validation)")


@dataclass(frozen=True)
class Notice:
    """Row counts and classes as said, or the name of a warning. `found` is true for image folders."""

    rows: int | None = None
    validation_rows: int | None = None
    classes: int | None = None
    found: bool = False
    warning: str = ""


def read_notice(line: str) -> Notice | None:
    """What one line says in words, None for nothing of interest."""
    if not _HINT.search(line):
        return None
    if (said := _SAMPLES.search(line)) is not None:
        return Notice(rows=int(said[1]), validation_rows=int(said[2]) if said[2] else None)
    if (said := _FOUND.search(line)) is not None:
        return Notice(rows=int(said[1]), classes=int(said[2]), found=True)
    if (said := _USING.search(line)) is not None:
        training = said[2] == "training"
        rows = int(said[1])
        return Notice(rows=rows if training else None, validation_rows=None if training else rows)
    name = next((name for name, words in WARNINGS.items() if words.search(line)), "")
    return Notice(warning=name) if name else None
