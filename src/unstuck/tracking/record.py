"""What is logged of one fit, the same for every tracker. Names are without the leading "unstuck/"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

import numpy as np

from unstuck.case.picturing import thinned
from unstuck.evidence.pictures import MOST_BINS

#: Points of one series: more than a chart is wide, and what MLflow takes in one request.
MOST_POINTS: Final = 1000

#: Characters of a part of a name, and of the whole: MLflow takes names of up to 250.
_PART, _WHOLE = 60, 200

#: What all trackers take in a name, beside "/".
_REFUSED = re.compile(r"[^\w\-. ]")


def named(*parts: str) -> str:
    """A name of several parts, "gradient_norm/dense": only characters and forms that every tracker takes.

    What is cut ends in a checksum of the whole: layers of one long prefix do not become one series.
    """
    split = [piece for part in parts for piece in part.split("/")]
    safe = (_REFUSED.sub("_", _cut(piece, _PART)).strip() for piece in split)
    return _cut("/".join(piece if piece.strip(".") else "_" for piece in safe), _WHOLE)


def _cut(name: str, most: int) -> str:
    if len(name) <= most:
        return name
    mark = f"-{crc32(name.encode('utf-8', 'replace')):08x}"
    return name[: most - len(mark)] + mark


@dataclass(frozen=True, kw_only=True)
class ScalarSeries:
    """One number over optimizer steps (counted from 1), finite values only."""

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, name: str, steps: Sequence[int], values: Iterable[float | None]) -> ScalarSeries:
        """The points that are numbers, thinned evenly where there are very many."""
        pairs = zip(steps, values, strict=True)
        points = [(at, value) for at, value in pairs if value is not None and math.isfinite(value)]
        kept = thinned(points, MOST_POINTS)
        return cls(name=name, steps=tuple(at for at, _ in kept), values=tuple(value for _, value in kept))


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """How many entries lie between each two neighbours of `edges`, after `step` optimizer steps."""

    name: str
    step: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, name: str, step: int, array: np.ndarray) -> Histogram | None:
        """Counts of the finite entries in bins of equal width, None where there is none."""
        numbers = np.asarray(array).astype(np.float64).ravel()
        numbers = numbers[np.isfinite(numbers)]
        if not numbers.size:
            return None
        counts, edges = np.histogram(numbers, bins=MOST_BINS)
        return cls(name=name, step=step, edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))


@dataclass(frozen=True, kw_only=True)
class Record:
    """One diagnosed fit.

    `last_step` counts the optimizer steps when it ended. `numbers` are single figures by name, `words`
    short texts: status, headline, the leading cause, all that was found. No name is used twice among
    series, numbers and words. `report` is the diagnosis as plain text, `case` as JSON, `page` as one
    HTML file, empty where no tracker takes it.
    """

    last_step: int = 0
    series: tuple[ScalarSeries, ...] = ()
    histograms: tuple[Histogram, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    report: str = ""
    case: str = ""
    page: str = ""


class NotLoggedError(Exception):
    """A tracker that cannot be written to. The text says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """One place that a Record can be written to.

    `find` gives what is active there, None for nothing; it starts nothing and asks nobody. `write`
    writes the record to that and returns where it stands, in words. `missing` says what was looked
    for and how to have it. `takes_page` is true where the HTML page is wanted.
    """

    title: str
    missing: str
    find: Callable[[Any], Any]
    write: Callable[[Any, Record], str]
    takes_page: bool = True


#: Under what all of it stands in every tracker.
ROOT: Final = "unstuck"


def prefix(fits: int) -> str:
    """Where the next fit goes in a run that holds `fits` already: "unstuck", "unstuck/fit2", ..."""
    return ROOT if fits < 1 else f"{ROOT}/fit{fits + 1}"
