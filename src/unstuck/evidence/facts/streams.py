"""What hashes of the rows that pass tell of the streams that bring them, and of the fits of one model."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Rows of two streams told from each other by hashes of their first input.

    Of the `judged` distinct rows of the first validation, `trained_on` passed in training at any time and
    `in_first_epoch` in its first epoch; `new_in_second` counts rows of the second validation that were not in
    the first. `repeated` is the share of rows in the first training epoch that are copies of others there;
    `trained_rows` distinct rows passed in `epochs` epochs. `place` is the script's one call of shuffle that
    draws its order anew each time.
    """

    judged: int = 0
    trained_on: int = 0
    in_first_epoch: int = 0
    new_in_second: int = 0
    repeated: float = 0.0
    trained_rows: int = 0
    epochs: int = 0
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Reordered:
    """The rows of a validation stream in its first two passes: the same `rows`, `moved` of them elsewhere.

    Where the order changed, the lines of the script that need one order: `made_at` makes the stream,
    `predicted_at` gives it to predict, `compared_at` lays the answers beside labels. None for none.
    """

    rows: int = 0
    moved: int = 0
    made_at: Place | None = None
    predicted_at: Place | None = None
    compared_at: Place | None = None


#: Columns of many values in which no two rows agree by chance; those of rows of a few columns may.
_TELL_APART = 16


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Training rows that hold exactly the same values in all their `columns`.

    Of `rows` rows `copied` have a twin at least; `disagreeing` is the least number of rows that any answer
    gets wrong, because twins have other labels, `blank` of them in rows that hold one value throughout (an
    empty picture, a sensor that is off). `telling` are the columns of many values,
    of 256 that are looked at.
    """

    rows: int = 0
    columns: int = 0
    telling: int = 0
    copied: int = 0
    disagreeing: int = 0
    blank: int = 0

    @property
    def told_apart(self) -> bool:
        """Whether rows like these do not come twice by chance: rows that agree in so much are one row."""
        return self.telling >= _TELL_APART


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What the fits of one model at one line tell of each other, each begun with the weights of the last.

    This is the last of `fits` fits. Rows are told apart by hashes of their first input: `distinct` is the
    share of this fit's rows that are no copies of others among them. Of `judged` distinct validation rows
    `judged_before` trained an earlier one of these fits, and `judged_here` this one. Of the `rows` distinct
    rows that trained any of these fits each fit left out `left_out`, first to last; `left_out_twice` is how
    many rows more than one fit left out. `made_at` is the line before the fits that makes the model.

    `forgotten` is None where nothing suggests that rows of earlier fits are forgotten.
    """

    fits: int = 1
    distinct: float = 1.0
    judged: int = 0
    judged_before: int = 0
    judged_here: int = 0
    rows: int = 0
    left_out: tuple[int, ...] = ()
    left_out_twice: int = 0
    made_at: Place | None = None
    forgotten: Forgotten | None = None


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """Rows that trained earlier fits of one model, answered with the weights of then and with those of now.

    Of `rows` rows, drawn evenly from the first fits and apart from those of all later ones, `then` were
    answered right when their own fit ended and `now` after the last; `lost` were right then and are wrong
    now, `gained` the other way round. `majority` is the largest number of them that one answer for all gets
    right. `fits` fits are over.
    """

    rows: int
    then: int
    now: int
    lost: int
    gained: int
    majority: int
    fits: int
