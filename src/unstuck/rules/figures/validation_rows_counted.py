"""The validation accuracies are whole counts over a small number of rows."""

from __future__ import annotations

import math

from unstuck.evidence.printed.figure import Figure
from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.sign import sign

#: More rows than this are not told apart by four digits.
_MOST_ROWS = 5000

#: One figure alone (one half, say) is a share of the classes more often than a count.
_DISTINCT = 2

#: The number is stated when figures drawn at random would fit one as small less often than this.
_BY_LUCK = 0.01

#: Below this one row more or less is over two points of accuracy.
_FEW = 50


@sign("validation-rows-counted", rank=90)
def validation_rows_counted(run: LoggedRun) -> Finding | None:
    """The validation set has n rows, or a multiple: the smallest n with all accuracies whole counts.

    An accuracy is k/n. The smallest n that makes every printed figure a whole number of rows, within
    its last digit, is the size of the validation set or divides it. It is told only where so small
    an n would fit figures drawn at random less than once in a hundred.
    """
    figures = list(
        dict.fromkeys(figure for figure in run.val_accuracy if figure.finite and 0.0 < figure.value < 1.0)
    )
    if len(figures) < _DISTINCT or run.validation_rows:
        return None
    rows = smallest_count(figures)
    if rows is None:
        return None
    one = 1.0 / rows
    few = f" One row is worth {100 * one:.2g} points, so smaller changes mean nothing." if rows < _FEW else ""
    return Finding(
        says=f"The validation accuracies are whole counts of {rows:,} rows (1/{rows} = {one:.4f}), so the "
        f"validation set has {rows:,} rows or a multiple of it.{few}",
        shows={"validation_rows": rows, "step": one},
        facts={"validation rows": rows},
    )


def smallest_count(figures: list[Figure]) -> int | None:
    """The smallest n that makes each figure whole within its digits, None where luck explains it."""
    luck = 0.0
    for rows in range(2, _MOST_ROWS + 1):
        if all(_whole(figure, rows) for figure in figures):
            return rows if luck < _BY_LUCK else None
        # The chance that random figures are whole at this n: each lies within n * half of a whole.
        luck += math.prod(min(1.0, 2.0 * rows * figure.half) for figure in figures)
        if luck >= _BY_LUCK:
            return None
    return None


def _whole(figure: Figure, rows: int) -> bool:
    count = figure.value * rows
    return abs(count - round(count)) <= rows * figure.half * 1.000001 + 1e-9


validation_rows_counted.fires(
    LoggedRun.of(loss=[0.7] * 3, accuracy=[0.6] * 3, val_accuracy=[0.56, 0.52, 0.64])
)
validation_rows_counted.fires(
    LoggedRun.of(loss=[0.7] * 3, accuracy=[0.6] * 3, val_accuracy=[0.3077, 0.4615, 0.5385])
)
validation_rows_counted.quiet(LoggedRun.of(loss=[0.7], accuracy=[0.6], val_accuracy=[0.6137]))
