"""A figure as it was printed: its value and how far the true one may be from it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: Keras adds up batches in float32, whose spacing is 1.2e-7 of the value; a figure written with all
#: its digits still differs from the arithmetic by a few of these.
FLOAT32_SLACK = 1e-6

#: What a number looks like in a log, NaN and infinities included. No sign follows a digit in a word.
NUMBER = r"[-+]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][-+]?\d{1,4})?|[-+]?(?:nan|inf(?:inity)?)"

#: Rounded tables have at most this many decimals.
_ROUNDED = 6

_WHOLE = re.compile(NUMBER, re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """A number in a log. The true value lies within `half` of `value`: half a unit of the last digit.

    A value printed in scientific form is exact at zero: Keras prints any other small number with
    its own power of ten.
    """

    value: float
    half: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Figure | None:
        """A figure from its text, None where this is no number: "0.6931" is .6931 within 5e-5."""
        if not _WHOLE.fullmatch(text):
            return None
        value = float(text)
        if not math.isfinite(value):
            return cls(value)
        digits, mark, exponent = text.lower().partition("e")
        if value == 0.0 and mark:
            return cls(0.0)
        decimals = len(digits.partition(".")[2]) - (int(exponent) if mark else 0)
        # A float holds 17 digits and a whole number may be one cut off by its printer.
        half = 0.5 * 10.0 ** -min(max(decimals, -300), 300)
        return cls(value, max(half, FLOAT32_SLACK * abs(value)))

    def of_hundred(self) -> Figure:
        """The share that this many per cent are, known as finely."""
        return Figure(self.value / 100.0, self.half / 100.0)

    @classmethod
    def of(cls, value: float) -> Figure:
        """A figure that was stored, not printed: exact but for float32."""
        return cls(float(value), FLOAT32_SLACK * abs(value) if math.isfinite(value) else 0.0)

    @property
    def low(self) -> float:
        """The least true value that is printed so."""
        return self.value - self.half

    @property
    def high(self) -> float:
        """The largest true value that is printed so."""
        return self.value + self.half

    @property
    def finite(self) -> bool:
        """Whether it is neither NaN nor infinite."""
        return math.isfinite(self.value)

    def is_at(self, constant: float, slack: float = 0.0) -> bool:
        """Whether the printed digits agree with a constant, give or take `slack`."""
        return abs(self.value - constant) <= self.half * 1.000001 + slack

    def __str__(self) -> str:
        """The figure with the digits it was printed with, at most four decimals."""
        if not self.finite:
            return "NaN" if math.isnan(self.value) else "infinity" if self.value > 0 else "-infinity"
        if self.value != 0.0 and (abs(self.value) < 1e-3 or abs(self.value) >= 1e6):
            return f"{self.value:.4g}"
        decimals = 4 if self.half <= 0.0 else min(4, max(0, round(-math.log10(2.0 * self.half))))
        return f"{self.value:.{decimals}f}"


def of_table(values: Iterable[float | None]) -> Callable[[float | None], Figure | None]:
    """How the numbers of a stored table become figures.

    A table whose numbers all have six decimals or fewer was rounded when it was written (a float32
    has more); then each is only known to within the last of them. Otherwise all digits are there.
    """
    finite = [value for value in values if value is not None and math.isfinite(value)]
    decimals = max((_decimals(value) for value in finite), default=0)
    half = 0.5 * 10.0**-decimals if 0 < decimals <= _ROUNDED else 0.0

    def figure(value: float | None) -> Figure | None:
        if value is None:
            return None
        return Figure(value, max(half, Figure.of(value).half)) if math.isfinite(value) else Figure(value)

    return figure


def _decimals(value: float) -> int:
    """How many decimals the shortest form of a float has."""
    digits, _, exponent = repr(value).partition("e")
    decimals = len(digits.partition(".")[2].rstrip("0"))
    return max(0, decimals - int(exponent or 0))
