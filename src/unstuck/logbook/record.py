"""Logbook: what was read off a log as one saved JSON file with a schema and a version.

The report in the terminal is a view of it. NaN and infinities are written as null.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from unstuck import __version__
from unstuck.case import Where, schema_of, write_whole
from unstuck.logbook.arithmetic import STAYS
from unstuck.logbook.judging import Suspect, Verdict
from unstuck.logbook.sign import Seen
from unstuck.rules.page import decides_of, page_of, title_of

SCHEMA: Final = "unstuck.log/1"


class SignRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen in the figures: `says` with the arithmetic, `shows` the same by name.

    `certainty` is "measured" where a figure agrees with a constant to its printed digits or crossed a
    bound. `output` names the model's output where there are several.
    """

    sign: str
    says: str
    certainty: Literal["suspected", "measured"]
    shows: dict[str, Any] = {}
    output: str = ""


class SuspectRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A cause that fits. `decides` is the one observation that tells it from the others.

    `where` is the line at which the source shows it too, null without a source or where it does not.
    `because` says what speaks for it in the figures, `signs` names the signs that do.
    """

    cause: str
    certainty: Literal["suspected", "measured"]
    what: str
    decides: str
    because: list[str] = []
    signs: list[str] = []
    output: str = ""
    where: Where | None = None


class LogRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One training of the log.

    `lines` are its first and last line, counted from 1. `epochs` counts those with figures, `asked`
    those that were to come; `total` is what the bar of an epoch counts to, in `unit` ("steps", "rows",
    or "" where the log does not say). `style` names the version of Keras that prints like this.
    `curves` holds the figures by name, null where an epoch had none, `printed` the first and last of
    each with its digits. `facts` are what the figures tell of the data and the software. `cut` says
    what the log lacks. `excluded` are causes that would fit and that the source rules out.
    """

    status: Literal["suspect", "learns", "unclear"]
    headline: str
    reader: str = ""
    style: str = ""
    lines: list[int] | None = None
    epochs: int = 0
    asked: int | None = None
    total: int | None = None
    unit: str = ""
    curves: dict[str, list[float | None]] = {}
    printed: dict[str, list[str]] = {}
    facts: dict[str, Any] = {}
    cut: list[str] = []
    signs: list[SignRecord] = []
    folded: list[SignRecord] = []
    suspects: list[SuspectRecord] = []
    excluded: dict[str, str] = {}


class Logbook(msgspec.Struct, frozen=True, kw_only=True):
    """All trainings of one log, in their order. `compared_with` is the script that was read beside it."""

    schema: Literal["unstuck.log/1"] = SCHEMA
    version: str = ""
    log: str = ""
    compared_with: str | None = None
    message: str = ""
    trainings: list[LogRecord] = []

    def to_json(self) -> bytes:
        """The Logbook as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    def save(self, path: str | Path) -> None:
        """Write the Logbook as indented JSON, whole or not at all.

        Raises:
            OSError: it cannot be written; what stood there is as before.
        """
        write_whole(Path(path), self.to_json())


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a Logbook."""
    return schema_of(Logbook)


def logbook(
    log: str, verdicts: Sequence[Verdict], compared_with: str | None = None, message: str = ""
) -> Logbook:
    """The saved form of what the trainings of a log show."""
    return Logbook(
        version=__version__,
        log=log,
        compared_with=compared_with,
        message=message,
        trainings=[_training(verdict) for verdict in verdicts],
    )


def _training(verdict: Verdict) -> LogRecord:
    run = verdict.run
    return LogRecord(
        status=verdict.status,  # type: ignore[arg-type]
        headline=_headline(verdict),
        reader=run.reader,
        style=run.style,
        lines=list(run.lines) if run.lines else None,
        epochs=len(run.epochs),
        asked=run.asked,
        total=run.total,
        unit=run.unit,
        curves={
            name: [figure.value if figure is not None and figure.finite else None for figure in series]
            for name, series in run.series.items()
        },
        printed={
            name: ["" if figure is None else str(figure) for figure in (series[0], series[-1])]
            for name, series in run.series.items()
            if series
        },
        facts=_plain(dict(verdict.facts)),
        cut=list(run.cut),
        signs=[_sign(seen) for seen in verdict.seen],
        folded=[_sign(seen) for seen in verdict.folded],
        suspects=[_suspect(each) for each in verdict.suspects],
        excluded=dict(verdict.excluded),
    )


def _headline(verdict: Verdict) -> str:
    """The training in one sentence."""
    if verdict.status == "suspect":
        first = verdict.suspects[0]
        if first.place is not None:
            return f"source and figures agree on {first.cause}."
        sure = "the figures point to" if first.certainty == "measured" else "the figures fit"
        others = len(verdict.suspects) - 1
        rest = f" and {others} other {'cause' if others == 1 else 'causes'}" if others else ""
        return f"{sure} {first.cause}{rest}."
    if verdict.status == "learns":
        return "the figures are those of a training that learns; no cause that unstuck knows shows in them."
    if len(verdict.run.epochs) < STAYS:
        return "no cause that unstuck knows shows in these figures, and they are too few to call it learning."
    return (
        "no cause that unstuck knows shows in these figures; that the model learns, they do not show either."
    )


def _sign(seen: Seen) -> SignRecord:
    return SignRecord(
        sign=seen.sign,
        says=seen.says,
        certainty=seen.certainty,
        shows=_plain(dict(seen.shows)),
        output=seen.output,
    )


def _suspect(each: Suspect) -> SuspectRecord:
    page = page_of(each.cause)
    return SuspectRecord(
        cause=each.cause,
        certainty=each.certainty,
        what=title_of(page),
        decides=decides_of(page),
        because=list(each.because),
        signs=list(each.signs),
        output=each.output,
        where=Where(each.place.file, each.place.line) if each.place else None,
    )


def _plain(thing: Any) -> Any:
    """A value as JSON holds it: NaN and infinities are null."""
    if isinstance(thing, dict):
        return {str(name): _plain(held) for name, held in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(held) for held in thing]
    if isinstance(thing, float) and not math.isfinite(thing):
        return None
    return thing
