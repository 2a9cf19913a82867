"""Symptom: rows that judge this fit have trained earlier fits of the same model."""

from __future__ import annotations

from unstuck.evidence.facts import Earlier
from unstuck.judgement.findings import Finding
from unstuck.rules.bounds import dealt_out, judged_after_training
from unstuck.rules.rule import symptom


@symptom("judged-by-rows-of-earlier-fits")
def judged_by_rows_of_earlier_fits(earlier: Earlier) -> Finding | None:
    """Fits of one model leave out rows in turn, and it keeps what it learned from them in the others.

    Rows are told by hashes of their first input, columns that each fold scales by its own figures by the
    places of the rows between the lowest and the highest. A fit counts where it begins with exactly the
    weights that the last one ended with. Data with copies of rows in themselves are left out.
    """
    if judged_after_training(earlier):
        return Finding(
            says=f"This is fit {earlier.fits} of one model, begun with the weights that the last one ended "
            f"with: of its {earlier.judged:,} validation rows {earlier.judged_before:,} trained the fits "
            "before.",
            shows={"fits": earlier.fits, "judged": earlier.judged, "trained_before": earlier.judged_before},
        )
    if not dealt_out(earlier):
        return None
    parts = ", ".join(f"{each:,}" for each in earlier.left_out)
    return Finding(
        says=f"This is fit {earlier.fits} of one model, begun with the weights that the last one ended with. "
        f"Of {earlier.rows:,} rows each fit leaves out another part ({parts}), as folds do, and the others "
        "train on it: rows left out now are no new rows.",
        shows={"fits": earlier.fits, "rows": earlier.rows, "left_out": earlier.left_out},
    )


_FOLDS = Earlier(fits=3, rows=500, left_out=(100, 100, 100))
judged_by_rows_of_earlier_fits.fires(_FOLDS)
judged_by_rows_of_earlier_fits.fires(Earlier(fits=2, judged=100, judged_before=100, rows=500))
judged_by_rows_of_earlier_fits.quiet(Earlier())
judged_by_rows_of_earlier_fits.quiet(Earlier(fits=3, rows=500, left_out=(0, 0, 0)))  # trained further
judged_by_rows_of_earlier_fits.quiet(  # parts that come one after the other
    Earlier(fits=3, rows=300, left_out=(200, 200, 200), left_out_twice=300)
)
judged_by_rows_of_earlier_fits.quiet(  # a window that moves on
    Earlier(fits=3, rows=120, left_out=(20, 20, 20), left_out_twice=20, judged=20)
)
judged_by_rows_of_earlier_fits.quiet(  # judged by its own rows
    Earlier(fits=2, judged=100, judged_before=100, judged_here=100, rows=100, left_out=(0, 0))
)
judged_by_rows_of_earlier_fits.quiet(  # one row left out at random each time
    Earlier(fits=3, rows=100, left_out=(1, 1, 1))
)
