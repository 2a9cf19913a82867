"""The words of a verdict."""

from typing import Literal

#: What became of a training. "healthy" is only said beside a reference; "nothing-found" and "not-judged"
#: are what a training is called that could not be held against one, "behind" one that learns, and less than a
#: simple model does.
Status = Literal[
    "healthy",
    "stuck",
    "behind",
    "misleading",
    "diverged",
    "overfitting",
    "nothing-to-learn",
    "failed",
    "interrupted",
    "nothing-found",
    "not-judged",
    "unknown",
]
