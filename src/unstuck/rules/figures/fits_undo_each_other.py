"""Several trainings follow each other, and each begins worse than the one before it ended."""

from __future__ import annotations

from statistics import median

from unstuck.evidence.printed.run import Book, LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.sign import fit, sign

#: Fewer trainings in a row may differ by chance.
_FEWEST = 4

#: "Begins worse": above the end before it by a tenth, in three of four trainings.
_WORSE, _SHARE = 1.1, 0.75

#: Fresh weights begin where the first training began; kept ones clearly lower.
_KEPT = 0.8


@sign("fits-undo-each-other", rank=50)
def fits_undo_each_other(book: Book) -> Finding | None:
    """Fit is called again and again on the same model, and each call begins by losing what was learned.

    Each begins below the very first one, so the weights were kept, but above the end of the one
    before: the new rows are other rows. Trained on file by file, a network forgets the file before.
    Cross-validation begins each fold where the first one began.
    """
    curves = [[loss.value for loss in run.loss if loss.finite] for run in book.runs]
    curves = [curve for curve in curves if curve]
    if (
        not book.is_at_end
        or len(curves) < _FEWEST
        or len({tuple(sorted(run.series)) for run in book.runs}) > 1
    ):
        return None
    starts, ends = [curve[0] for curve in curves], [curve[-1] for curve in curves]
    if ends[0] <= 0 or median(starts[1:]) >= _KEPT * starts[0]:
        return None
    worse = [start > _WORSE * end for start, end in zip(starts[1:], ends, strict=False)]
    falls = [end < start for start, end in zip(starts, ends, strict=True)]
    if sum(worse) < _SHARE * len(worse) or sum(falls) < _SHARE * len(falls):
        return None
    return Finding(
        says=f"{len(curves)} trainings follow each other. {sum(worse)} of the {len(worse)} later ones begin "
        f"at a higher loss than the one before ended (the last at {starts[-1]:.4f} after {ends[-2]:.4f}), "
        f"and below the {starts[0]:.4f} of the first: the weights are kept, and each part of the data "
        "undoes the one before it.",
        shows={"trainings": len(curves), "begin_worse": sum(worse)},
        fits=(
            fit("fit-in-chunks", "fit on one file after the other forgets the files before."),
            fit("leakage", "If these are folds, the weights of one are carried into the next."),
        ),
    )


def _runs(*curves: list[float]) -> Book:
    return Book(tuple(LoggedRun.of(loss=curve) for curve in curves))


fits_undo_each_other.fires(_runs([0.69, 0.3], [0.52, 0.25], [0.5, 0.24], [0.49, 0.25]))
fits_undo_each_other.quiet(_runs([0.69, 0.3], [0.68, 0.31], [0.7, 0.29], [0.69, 0.3]))
fits_undo_each_other.quiet(_runs([0.69, 0.5], [0.5, 0.4], [0.4, 0.33], [0.33, 0.28]))
