"""LoggedRun: one training as a log tells it. What was not printed is None or empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from unstuck.evidence.printed.figure import Figure
from unstuck.evidence.printed.names import is_share

#: One value an epoch; None where an epoch did not log it.
Series = tuple[Figure | None, ...]

_VALIDATION = "val_"

#: Names of the watched accuracy, the first that is logged.
_ACCURACIES = (
    "accuracy",
    "acc",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
)

#: Names of a squared and of an absolute error.
_SQUARED = ("mse", "mean_squared_error")
_ABSOLUTE = ("mae", "mean_absolute_error")


@dataclass(frozen=True)
class Point:
    """A redraw of the progress bar inside an epoch: the running means after `step` steps (or rows)."""

    epoch: int
    step: int
    total: int | None
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` printed after (or between) the epochs: the figures, and its steps or rows."""

    figures: Mapping[str, Figure]
    total: int | None = None


@dataclass(frozen=True, kw_only=True)
class LoggedRun:
    """One training of a log.

    `series` maps names as Keras logs them ("loss", "val_accuracy") to one figure an epoch.
    `epochs` are the numbers of these epochs as printed, counted from 1. `asked` is the number of
    epochs that were to come, `total` what one epoch's progress bar counts to, in `unit` ("steps",
    "rows", "" where the log does not say). `rows` and `validation_rows` are row counts that the log
    states, `classes` the number of classes it states. `seconds` is one duration an epoch.
    `points` are figures from inside epochs. `warnings` are the warnings of Keras that were
    recognised, by name. `cut` says in words what the log lacks. `lines` are the first and the last
    line, counted from 1, where the log has lines. `style` names the program that printed it
    ("Keras 3", "Keras 2 or TensorFlow 2", "").
    """

    source: str = ""
    reader: str = ""
    style: str = ""
    lines: tuple[int, int] | None = None
    series: Mapping[str, Series] = field(default_factory=lambda: MappingProxyType({}))
    epochs: tuple[int, ...] = ()
    asked: int | None = None
    total: int | None = None
    unit: str = ""
    rows: int | None = None
    validation_rows: int | None = None
    classes: int | None = None
    seconds: tuple[float | None, ...] = ()
    points: tuple[Point, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    warnings: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    output: str = ""

    @classmethod
    def of(cls, *, decimals: int | None = 4, **series: list[float] | tuple[float, ...]) -> LoggedRun:
        """A run from lists, printed as Keras prints: `LoggedRun.of(loss=[.6931], accuracy=[.5])`.

        `decimals` None keeps all digits, as a saved History does.
        """

        def figure(value: float) -> Figure:
            if decimals is None:
                return Figure.of(value)
            text = f"{value:.{decimals}f}" if abs(value) > 1e-3 else f"{value:.{decimals}e}"
            return Figure.parse(text) or Figure(value)

        table = {name: tuple(figure(value) for value in values) for name, values in series.items()}
        count = max((len(values) for values in table.values()), default=0)
        return cls(series=MappingProxyType(table), epochs=tuple(range(1, count + 1)))

    def but(self, **changes: object) -> LoggedRun:
        """The same run with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def get(self, name: str) -> tuple[Figure, ...]:
        """The figures of one name over the epochs that logged it, empty where none did."""
        return tuple(value for value in self.series.get(name, ()) if value is not None)

    def first_of(self, names: tuple[str, ...]) -> tuple[Figure, ...]:
        """The figures of the first of these names that was logged."""
        return next((self.get(name) for name in names if name in self.series), ())

    @cached_property
    def accuracy_name(self) -> str:
        """The name of the accuracy that is watched, "" where none is logged."""
        bare = [name.removeprefix(_VALIDATION) for name in self.series]
        exact = next((name for name in _ACCURACIES if name in bare), "")
        return exact or next((name for name in bare if name.endswith(("_accuracy", "_acc"))), "")

    @cached_property
    def loss(self) -> tuple[Figure, ...]:
        """Training loss by epoch."""
        return self.get("loss")

    @cached_property
    def val_loss(self) -> tuple[Figure, ...]:
        """Validation loss by epoch."""
        return self.get("val_loss")

    @cached_property
    def accuracy(self) -> tuple[Figure, ...]:
        """Training accuracy by epoch."""
        return self.get(self.accuracy_name)

    @cached_property
    def val_accuracy(self) -> tuple[Figure, ...]:
        """Validation accuracy by epoch."""
        return self.get(_VALIDATION + self.accuracy_name) if self.accuracy_name else ()

    @cached_property
    def squared_error(self) -> tuple[Figure, ...]:
        """Mean squared error by epoch, where it is a metric of its own."""
        return self.first_of(_SQUARED)

    @cached_property
    def absolute_error(self) -> tuple[Figure, ...]:
        """Mean absolute error by epoch, where it is a metric of its own."""
        return self.first_of(_ABSOLUTE)

    @cached_property
    def learning_rate(self) -> tuple[Figure, ...]:
        """The learning rate by epoch, where it was logged."""
        return self.first_of(("learning_rate", "lr"))

    @cached_property
    def pairs(self) -> tuple[tuple[Figure, Figure], ...]:
        """(loss, accuracy) of each epoch that logged both."""
        return self.both("loss", self.accuracy_name)

    @cached_property
    def val_pairs(self) -> tuple[tuple[Figure, Figure], ...]:
        """(val_loss, val_accuracy) of each epoch that logged both."""
        return self.both("val_loss", _VALIDATION + self.accuracy_name)

    def both(self, one: str, other: str) -> tuple[tuple[Figure, Figure], ...]:
        """The figures of two names, of each epoch that logged both."""
        left, right = self.series.get(one, ()), self.series.get(other, ())
        together = zip(left, right, strict=False)
        return tuple((a, b) for a, b in together if a is not None and b is not None)

    @property
    def updates(self) -> int | None:
        """Optimizer steps over all logged epochs, None where the log does not say."""
        return self.total * len(self.epochs) if self.total and self.unit == "steps" else None

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """The model's outputs: those with a loss of their own beside the total; ("",) for one output."""
        names = [
            name.removesuffix("_loss")
            for name in self.series
            if name.endswith("_loss") and not name.startswith(_VALIDATION) and name != "loss"
        ]
        several = len(names) > 1 and "loss" in self.series
        return tuple(names) if several else ("",)

    def of_output(self, name: str) -> LoggedRun:
        """One output's part of the run, under the names of a model with one output."""
        if not name:
            return self
        own: dict[str, Series] = {}
        for key, values in self.series.items():
            prefix = _VALIDATION if key.startswith(_VALIDATION) else ""
            bare = key.removeprefix(prefix)
            owner = max(
                (each for each in self.output_names if bare.startswith(f"{each}_")), key=len, default=""
            )
            if owner == name:
                own[prefix + bare.removeprefix(f"{name}_")] = values
        return self.but(series=MappingProxyType(own), points=(), evaluations=(), output=name)


@dataclass(frozen=True)
class Book:
    """All trainings of one log, in their order; `at` is the place of the one that is judged, from 0."""

    runs: tuple[LoggedRun, ...]
    at: int = -1

    @property
    def run(self) -> LoggedRun:
        """The training that is judged, with all of its outputs."""
        return self.runs[self.at]

    @property
    def is_at_end(self) -> bool:
        """Whether it is the last one: what only all of them together show is told with it."""
        return self.at in (-1, len(self.runs) - 1)


#: An accuracy above this counts in per cent: a share is at most 1, and no model is right on 1.5% for ever.
_PER_CENT = 1.5


def in_shares(run: LoggedRun) -> LoggedRun:
    """The same run with accuracies that count in per cent ("acc: 50.12") as shares of rows (.5012)."""
    names = {name.removeprefix(_VALIDATION) for name in run.series if is_share(name)}
    held = {
        name: [figure for split in ("", _VALIDATION) for figure in run.get(split + name) if figure.finite]
        for name in names
    }
    counted = {
        name
        for name, figures in held.items()
        if figures and _PER_CENT < max(figure.value for figure in figures) <= 100.0
    }
    if not counted:
        return run

    def share(name: str, figure: Figure) -> Figure:
        return figure.of_hundred() if name.removeprefix(_VALIDATION) in counted else figure

    def shares(figures: Mapping[str, Figure]) -> Mapping[str, Figure]:
        return {name: share(name, figure) for name, figure in figures.items()}

    series = {
        name: tuple(figure and share(name, figure) for figure in figures)
        for name, figures in run.series.items()
    }
    return run.but(
        series=MappingProxyType(series),
        points=tuple(replace(point, figures=shares(point.figures)) for point in run.points),
        evaluations=tuple(replace(each, figures=shares(each.figures)) for each in run.evaluations),
    )
