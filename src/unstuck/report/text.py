"""How single things are written: numbers, places, lists, and strings that came from the user's files."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unstuck.case.schema import Came, CauseRecord, ToldRecord, Where
from unstuck.evidence.cells import spot

#: A terminal escape sequence: colour codes, cursor moves, window titles.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")

#: Control characters but line feed and tab; the marks that reverse writing direction; lone surrogates.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

#: A number as sentences hold them: 12, 1,980, .5000, 3.1e-09, 83%.
_NUMBER = re.compile(r"(?<![\w.])-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?%?")

#: Halves of a digit are rounded as Keras rounds its float32 figures: away from zero.
_HALF_WAY = 1e-9

#: Longer lists of figures are not read, only skipped.
_MOST_ITEMS = 6

#: So many figures beside the sentence; the saved Case holds all of them.
_MOST_FIGURES = 4


def clean(text: object) -> str:
    """A string as it may be shown: without escape sequences and without control characters."""
    return _CONTROL.sub("", _ESCAPE.sub("", str(text).replace("\r\n", "\n")))


def flat(text: object) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def number(value: float | int | None) -> str:
    """A figure with four digits: 0.5, 7.971, 12,345, 1.19e-07; null stands for both NaN and infinity."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if value is None:
        return "NaN or infinite"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    size = abs(value)
    if 1e4 <= size < 1e9:
        return f"{value:,.0f}"
    return f"{value:.3g}" if 0 < size < 1e-3 else f"{value:.4g}"


def score(value: float | None) -> str:
    """A loss or a metric as Keras prints it: 0.5000, 7.9712; very small and large ones as `number` does."""
    if value is not None and (value == 0 or 1e-3 <= abs(value) < 10):
        return f"{value + math.copysign(_HALF_WAY, value):.4f}" if value else f"{value:.4f}"
    return number(value)


def value(thing: Any) -> str | None:
    """One entry of `shows` as a short string, None when it is too long to be read in passing."""
    if isinstance(thing, bool | int | float):
        return number(thing)
    if isinstance(thing, str):
        return flat(thing) if len(thing) <= 60 else None
    if isinstance(thing, Mapping):
        parts = [(flat(key), value(held)) for key, held in thing.items()]
        short = 0 < len(parts) <= _MOST_ITEMS and all(held is not None for _, held in parts)
        return ", ".join(f"{key}: {held}" for key, held in parts) if short else None
    if isinstance(thing, Sequence) and 0 < len(thing) <= _MOST_ITEMS:
        items = [value(held) for held in thing]
        return ", ".join(held for held in items if held is not None) if None not in items else None
    return None


def figures(shows: Mapping[str, Any], said: str) -> str:
    """The first figures that the sentence does not already hold, as "name value; name value"."""
    told = [_reading(word) for word in _NUMBER.findall(said)]
    parts = []
    for name, thing in shows.items():
        text = value(thing)
        if text and text not in said.split() and not _is_told(thing, told):
            parts.append(f"{flat(name).replace('_', ' ')} {text}")
    return "; ".join(parts[:_MOST_FIGURES])


def _reading(word: str) -> tuple[float, float]:
    """A number in a sentence as (value, half a unit of its last digit)."""
    digits, _, exponent = word.rstrip("%").replace(",", "").partition("e")
    decimals = len(digits.partition(".")[2])
    scale = 10.0 ** int(exponent or 0) / (100 if word.endswith("%") else 1)
    return float(digits) * scale, 0.5 * 10.0**-decimals * scale


def _is_told(thing: Any, told: list[tuple[float, float]]) -> bool:
    """Whether a figure stands among those told, rounded as they are."""
    if isinstance(thing, bool) or not isinstance(thing, int | float):
        return False
    return any(abs(thing - figure) <= rounding * 1.001 for figure, rounding in told)


def path(file: str) -> str:
    """A file as short as it stays right: relative when it is under the current folder."""
    try:
        return clean(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return clean(file)


def place(where: Where | None) -> str:
    """A place as file:line or notebook:cell number:line, empty when it is not known."""
    return spot(path(where.file), where.line, where.cell) if where else ""


def given_as(where: Where | None) -> str:
    """Which call got what was made at a place: "given as learning_rate in line 40", "" for that call."""
    if where is None or not where.because:
        return ""
    call = where.because[0]
    return f"given as {flat(call.name)} {_line(call, where.file)}"


def way(where: Where | None) -> str:
    """The lines between a place and the call that got what was made there, that call first."""
    came = where.because[1:] if where is not None else ()
    return ", ".join(f"{flat(each.name)} ({_line(each, where.file)})" for each in came) if where else ""


def _line(came: Came, file: str) -> str:
    if came.file == file and came.cell is None:
        return f"in line {came.line}"
    return f"at {spot(path(came.file), came.line, came.cell)}"


def naming(cause: CauseRecord | ToldRecord) -> list[tuple[str, str]]:
    """A cause by its rule, its output where there are several and its place, each part with its style."""
    parts = [(flat(cause.rule), "bold")]
    if cause.output:
        parts.append((f' of output "{flat(cause.output)}"', ""))
    if where := place(cause.where):
        parts += [(" at ", ""), (where, "cyan")]
    if given := given_as(cause.where):
        parts.append((f", {given}", "dim"))
    return parts


def named(cause: CauseRecord | ToldRecord) -> str:
    """The same as plain text."""
    return "".join(text for text, _ in naming(cause))


def listing(names: Iterable[str]) -> str:
    """Names in a sentence: "a", "a and b", "a, b and c"."""
    held = [flat(name) for name in names]
    return " and ".join([", ".join(held[:-1]), held[-1]] if len(held) > 1 else held)


def count(amount: int, noun: str) -> str:
    """An amount with its noun: "1 fit", "2 fits"."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def seconds(duration: float) -> str:
    """A duration: "0.02 s", "1.3 s", "75 s"."""
    decimals = 2 if duration < 1 else 1 if duration < 60 else 0
    return f"{duration:.{decimals}f} s"


def first_sentence(text: str) -> str:
    """The text up to the first full stop that ends a sentence."""
    return sentences_in(text)[0]


def sentences_in(text: str) -> list[str]:
    """The sentences of a text, each on one line."""
    return re.split(r"(?<=[.?])\s+(?=[A-Z])", flat(text))
