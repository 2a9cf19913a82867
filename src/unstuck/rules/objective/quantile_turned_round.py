"""Cause: the loss of a quantile weighs the two sides of the target the other way round."""

from __future__ import annotations

from unstuck.evidence.facts import Loss, Quantile, Reference
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.rule import cause

#: What float32 and a mean over rows leave of the two slopes.
_SAME = 0.01


@cause(
    "quantile-turned-round",
    certainty="suspected",  # that the number is meant as a quantile is only its name
    impact="blocks",
    explains=("coverage-misses-quantile", "beaten-by-simple-model"),
)
def quantile_turned_round(reference: Reference, loss: Loss | None) -> Finding | None:
    """The loss asks for the opposite quantile: what is to cost much costs little, and the other way round.

    Why it looks stuck: the loss falls and the curve is smooth, but the 90% quantile comes out as the 10%
    quantile: the answers lie below nine targets of ten.

    How it is proved: the loss is evaluated at a few distances below and above the targets. A loss that costs
    b for a unit below and a for a unit above is least at the b / (a + b) quantile; that is 1 - q, with
    the q that the loss was given. That q is meant as a quantile is only told by its name, so it is suspected.

    What to do: take target minus answer, e = y_true - y_pred, in max(q * e, (q - 1) * e).
    """
    quantile = reference.quantile
    if quantile is None or abs(quantile.aims - (1.0 - quantile.asked)) > _SAME:
        return None
    if abs(quantile.aims - quantile.asked) <= 2 * _SAME:
        return None
    return Finding(
        says=f"The loss is given {quantile.asked:g} as its quantile, and costs {quantile.below:.3g} for each "
        f"unit that an answer lies below its target and {quantile.above:.3g} for each above: that is least "
        f"at the {100 * quantile.aims:.3g}% quantile, and {100 * quantile.covered:.0f}% of the targets lie "
        "below the answers.",
        shows={
            "asked": quantile.asked,
            "aims": quantile.aims,
            "below": quantile.below,
            "above": quantile.above,
            "covered": quantile.covered,
        },
        where=(loss.defined or loss.place) if loss is not None else None,
        remedies=(
            propose(
                "advise",
                at=loss.defined if loss is not None else None,
                text="Take the error as target minus answer, e = y_true - y_pred, in max(q * e, (q - 1) * "
                "e): an answer that is too low must cost q a unit, one that is too high 1 - q.",
            ),
        ),
    )


_TURNED = Quantile(asked=0.9, aims=0.1, covered=0.11, rows=200, above=0.9, below=0.1)
quantile_turned_round.fires(Reference(quantile=_TURNED))
quantile_turned_round.quiet(Reference(quantile=Quantile(asked=0.9, aims=0.9, covered=0.6, rows=200)))
quantile_turned_round.quiet(Reference(quantile=Quantile(asked=0.5, aims=0.5, covered=0.1, rows=200)))
quantile_turned_round.quiet(Reference())
