"""What the lines of Keras's progress output mean, one line at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from unstuck.evidence.printed.figure import NUMBER, Figure
from unstuck.evidence.printed.names import COUNTERS, canonical, is_score

#: "Epoch 3/10", alone or in front of other text. Callbacks write "Epoch 3: ...", which is none.
_HEADER = re.compile(
    r"\bEpoch\s{0,3}:?\s{0,3}[\[(]?(\d{1,7})\s{0,2}(?:/|of)\s{0,2}(\d{1,7})[\])]?", re.IGNORECASE
)

#: "Epoch 3:  53%|": the bar of Lightning and of tqdm, which counts from 0 and does not say to what.
_BAR_HEADER = re.compile(r"\bEpoch\s(\d{1,7}):\s{0,4}\d{1,3}%\|")

#: "44/100" or "44/Unknown": how far a progress bar has come; "Step [100/600]," of loops that people write
#: themselves. Dates and paths have more slashes.
_BAR = re.compile(r"(?<![\w./:-])(\d{1,10})/(\d{1,10}|Unknown|\?)(?=[\s\[\],]|$)")

#: "name: value" or "name=value", per cent included; a split may stand before the name ("Val Loss: 0.61").
_PAIR = re.compile(
    r"(?<![\w.])((?:(?:train(?:ing)?|val(?:id(?:ation)?)?|test)\s)?[A-Za-z_]\w{0,60})"
    rf"\s?[:=]\s{{0,9}}({NUMBER})(?![\w.:/])(\s?%)?",
    re.IGNORECASE,
)

#: A bar at 0 still shows the figures of the epoch before.
_NOT_BEGUN = re.compile(r"^[^|]*\|\s*0/\d")

#: A line of the program itself that a paste brought along: one name set to a number, or a call.
_SET = re.compile(rf"^\s*([A-Za-z_]\w{{0,60}})\s*=\s*(?:{NUMBER})\s*(?:#.*)?$", re.IGNORECASE)
_CALL = re.compile(r"^\s*(?:[A-Za-z_][\w.]*\s*=\s*)?[A-Za-z_][\w.]*\(")
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.|In ?\[\d*\]:)")

#: A line that holds nothing but pairs goes on with the line before it.
_ONLY_PAIRS = re.compile(
    rf"^[\s\-–|,]*(?:[A-Za-z_]\w{{0,60}}\s?[:=]\s{{0,9}}(?:{NUMBER})(?:[\s\-–|,]+|$))+$", re.IGNORECASE
)

#: verbose=2 of Keras 1 and 2: " - 3s - loss: ...".
_TIMED = re.compile(r"^[\s\-–]*\d{1,7}m?s\s+[-–]?\s*(?:\d{1,7}[mu]?s/\w+\s*)?[-–]")

#: What people print themselves after the training.
_JUDGED = re.compile(r"^\W*(?:test|eval|final|score|result)", re.IGNORECASE)

_SECONDS = re.compile(r"(?<![\w.:/])(\d{1,7})s(?![\w/])")
_EACH = re.compile(r"(?<![\w.])(\d{1,9}(?:\.\d{1,6})?)(s|ms|us|µs)/(step|sample|epoch|batch)")
_IN_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}


@dataclass(frozen=True)
class Header:
    """The start of an epoch: its number, and how many were asked for, None where that is not said."""

    epoch: int
    asked: int | None


@dataclass(frozen=True)
class Entry:
    """Figures on one line. `step` and `total` are the bar's, None without one; `seconds` those of the epoch.

    `kind` is "bar" (a progress bar), "timed" (a line of verbose=2), "judged" (printed as a test
    result), "more" (nothing but figures: the line before it goes on), "set" (`loss = 0.5`, as a program has
    it, too) or "loose" (in other text).
    `per_row` is true where the bar says that it counts rows.
    """

    kind: str
    figures: dict[str, Figure]
    step: int | None = None
    total: int | None = None
    seconds: float | None = None
    per_row: bool = False

    @property
    def done(self) -> bool:
        """Whether the bar has come to its end; a bar without an end is at it with every line."""
        return self.total is None or self.step == self.total


def read_line(line: str) -> Iterator[Header | Entry]:
    """The headers and figures of one line, in order. A line may hold several of them run together."""
    start, headed = 0, False
    for header in _headers(line) if "poch" in line or "POCH" in line else ():
        yield from _entries(line[start : header.start()], headed)
        counted = header.re is _HEADER
        yield Header(int(header[1]), int(header[2])) if counted else Header(int(header[1]) + 1, None)
        start, headed = header.end(), True
    yield from _entries(line[start:], headed)


def _headers(line: str) -> list[re.Match[str]]:
    """Where epochs begin: as Keras says it, else as a bar of Lightning does."""
    return list(_HEADER.finditer(line)) or list(_BAR_HEADER.finditer(line))


def _entries(rest: str, headed: bool) -> Iterator[Entry]:
    """The figures of a piece of a line; `headed` says that the start of an epoch stands before it."""
    if ":" not in rest and "=" not in rest:
        return
    bars = [bar for bar in _BAR.finditer(rest) if _counts(bar)]
    if not bars:
        yield from _without_bar(rest, headed)
        return
    ends = [bar.start() for bar in bars[1:]] + [len(rest)]
    for bar, end in zip(bars, ends, strict=True):
        segment = rest[bar.end() : end]
        figures = pairs(segment)
        if figures:
            total = int(bar[2]) if bar[2].isdecimal() else None
            seconds, per_row = _seconds(segment, total)
            yield Entry("bar", figures, int(bar[1]), total, seconds, per_row)


def _counts(bar: re.Match[str]) -> bool:
    """Whether a fraction can be a bar: it has begun and does not pass its end."""
    return not bar[2].isdecimal() or 0 < int(bar[1]) <= int(bar[2])


def _without_bar(rest: str, headed: bool) -> Iterator[Entry]:
    figures = pairs(rest)
    if not figures or (headed and _NOT_BEGUN.search(rest)) or (not headed and _is_code(rest, figures)):
        return
    if headed or _TIMED.match(rest):
        kind = "timed"
    elif _JUDGED.match(rest):
        kind = "judged"
    elif _SET.match(rest):
        kind = "set"
    elif _ONLY_PAIRS.match(rest):
        kind = "more"
    elif any(is_score(name) for name in figures):
        kind = "loose"
    else:
        return
    yield Entry(kind, figures, seconds=_seconds(rest, None)[0])


def _is_code(line: str, figures: dict[str, Figure]) -> bool:
    """Whether a line is one of the program: `N = 1000`, `model.fit(x, y, epochs=3)`, a prompt's line.

    `loss = 0.5` may be printed as well; the lines around it tell.
    """
    if _PROMPT.match(line) or _CALL.match(line):
        return True
    return _SET.match(line) is not None and not any(is_score(name) for name in figures)


def pairs(text: str) -> dict[str, Figure]:
    """The figures of a piece of text by canonical name; the last one of a name counts."""
    found: dict[str, Figure] = {}
    for pair in _PAIR.finditer(text):
        name = canonical(pair[1])
        figure = Figure.parse(pair[2])
        if figure is not None and name.lower() not in COUNTERS:
            found[name] = figure.of_hundred() if pair[3] else figure
    return found


def _seconds(text: str, total: int | None) -> tuple[float | None, bool]:
    """How long an epoch took, and whether its bar counts rows."""
    per_row, fine = False, None
    for each in _EACH.finditer(text):
        duration, unit = float(each[1]) * _IN_SECONDS[each[2]], each[3]
        per_row = per_row or unit == "sample"
        if unit == "epoch":
            return duration, per_row
        fine = duration
    # Whole seconds say little of short epochs; the time of a step times the steps says more.
    if fine is not None and total is not None and fine > 0.0:
        return fine * total, per_row
    whole = _SECONDS.search(text) if "ETA" not in text else None
    return (float(whole[1]) if whole else None), per_row
