"""The rule rows-swapped-through-views."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Copies, Sighting
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: A shuffle goes from the last of n rows down and swaps row i with a random row j <= i. With views, row i
#: becomes a copy of row j, and row j stays. What row r held is lost where no i >= r draws it: with the
#: probability r/(r+1) x (r+1)/(r+2) x ... x (n-1)/n = r/n. So (n + 1)/2 of the n rows are left on average;
#: random.shuffle of 1,000 rows left 498 on average over 50 seeds.
LEFT = 0.5

#: A shuffle by views leaves about six rows in ten as copies of others; data as they come seldom hold one.
COPIED = 0.1


@cause(
    "rows-swapped-through-views",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        VALIDATION_APART,
        "copies-disagree",
        "nothing-to-learn",
        "overfitting",
        "rows-with-several-labels",
        "training-below-validation",
    ),
)
def rows_swapped_through_views(code: Code, copies: Copies | None) -> Finding | None:
    """Rows of an array are swapped in a way that copies one over the other.

    Why it looks stuck: `x[i]` of a numpy array with several axes is no copy but a view of the row. In
    `x[i], x[j] = x[j], x[i]` the first assignment overwrites what the second one reads: row j is there twice,
    row i is gone. `random.shuffle` swaps in just this way. After a shuffle half of the rows are gone, rows no
    longer stand beside their labels, and copies of training rows stand among those of the validation.

    How it is proved: the swap stands in the source; that the array has more than one axis does not always. In
    a shuffle of n rows, row r survives with the probability 1 - r/n: (n + 1) / (2n) of all rows. It is
    measured where a tenth of the training rows are exact copies of others.

    What to do: draw one order and take inputs and labels by it:
    `order = np.random.default_rng(0).permutation(len(x)); x, y = x[order], y[order]`.
    """
    seen = next(filter(_may_be_rows, code.of("swapped-rows")), None)
    if seen is None:
        return None
    assigned = seen.shows.get("how") == "assignment"
    how = "Rows are swapped by assignment" if assigned else f"{seen.shows.get('how')} swaps rows in place"
    share = copies.copied / copies.rows if copies is not None and copies.rows else 0.0
    told = share >= COPIED and copies is not None and copies.columns > 1
    copied = f" {percent(share)} of the training rows are exact copies of others." if told else ""
    known = "the array has" if seen.shows.get("array") else "this is a numpy array with"
    return Finding(
        says=f"{how}. If {known} more than one axis, each swap copies one row over the other: a shuffle done "
        f"so keeps about half of the rows, and many no longer stand beside their labels.{copied}",
        shows={"how": seen.shows.get("how"), "expected_share_of_rows_left": LEFT},
        where=seen.place,
        certainty=Certainty.MEASURED if told else None,
        remedies=(
            propose(
                "advise",
                text="Draw one order for inputs and labels: order = np.random.default_rng(0)"
                ".permutation(len(x)); x, y = x[order], y[order].",
            ),
        ),
    )


def _may_be_rows(seen: Sighting) -> bool:
    """Whether an array may be meant: lists, whose members do change places, are what others shuffle."""
    return bool(seen.shows.get("array")) or seen.shows.get("how") == "assignment"


def _swapped(how: str, array: bool | None) -> Code:
    return Code(sightings=(Sighting(kind="swapped-rows", shows={"how": how, "array": array}),))


rows_swapped_through_views.fires(_swapped("random.shuffle", True))
rows_swapped_through_views.fires(_swapped("assignment", None))
rows_swapped_through_views.quiet(_swapped("random.shuffle", False))  # the members of a list do change places
rows_swapped_through_views.quiet(Code())
