"""The names of figures in logs, as Keras writes them."""

from __future__ import annotations

import re
from functools import lru_cache

_TRAINING = re.compile(r"^(?:train|training|tr)[_\-/. ]+", re.IGNORECASE)
_VALIDATION = re.compile(r"^(?:validation|valid|val)[_\-/. ]+", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?:^|_)(?:loss|acc|accuracy)$")
_SHARE = re.compile(r"(?:^|_)(?:acc|accuracy)$")

#: Columns that count or time instead of measuring.
COUNTERS = frozenset(
    {
        *("epoch", "epochs", "step", "steps", "batch", "iteration", "time", "eta", "wall_time", "size"),
        *("v_num", ""),  # Lightning's number of the version of a run
    }
)

#: Longer names come from text, not from a metric.
_LONGEST = 80


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """A name in Keras's spelling: "train_loss" is "loss", "Validation Accuracy" is "val_accuracy"."""
    name = name.strip().strip("\"'").strip()[:_LONGEST]
    prefix = ""
    if _VALIDATION.match(name):
        prefix, name = "val_", _VALIDATION.sub("", name)
    name = _TRAINING.sub("", name)
    name = re.sub(r"[\s\-/.]+", "_", name)
    if name.lower() in ("loss", "acc", "accuracy", "lr", "mse", "mae"):
        name = name.lower()
    return prefix + name


@lru_cache(maxsize=4096)
def is_score(name: str) -> bool:
    """Whether a name alone shows that a table of figures is of a training."""
    return _LAST_WORD.search(canonical(name).lower()) is not None


def is_share(name: str) -> bool:
    """Whether a name is that of an accuracy, which is a share of rows."""
    return _SHARE.search(canonical(name).lower()) is not None
