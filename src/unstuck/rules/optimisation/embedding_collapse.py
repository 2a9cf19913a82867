"""The rule embedding-collapse."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Loss, Model, OnePoint, Optimizer
from unstuck.evidence.kinds import default_rate
from unstuck.judgement.findings import Finding, Proposal, propose
from unstuck.rules.bounds import CHANCE_TOLERANCE
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.progress import closing_loss
from unstuck.rules.rule import cause

#: Points spread by s around their mean are s sqrt(2) apart. With s a hundredth of their length, their squared
#: distances are 2e-4 of its square: nothing beside a margin.
ONE_POINT = 0.01

#: The loss is then the margin to within a hundredth.
STOOD = 0.01

#: Made-up points that lie apart cost a fifth less, so one point for all is not what this loss asks for.
CHEAPER = 0.8

#: Under a loss that asks for one point the points have shrunk to a tenth of their length, and go on.
SHRUNK = 0.1

#: A loss that asks for one point was clearly above what that costs before.
HALVED = 0.5

#: A rate is above the default from here on; less is rounding of float32, or taste.
ABOVE_DEFAULT = 1.5


@cause(
    "embedding-collapse",
    certainty="measured",
    impact="blocks",
    explains=(NOTHING_LEARNED,),
    blames=("learning_rate",),
)
def embedding_collapse(
    points: OnePoint, curve: Curve, loss: Loss | None, optimizer: Optimizer | None, model: Model | None
) -> Finding | None:
    """All rows are mapped to one point, under a loss that compares them with each other.

    Why it looks stuck: a triplet or contrastive loss sees distances only. Where all rows lie at one point
    every distance is 0 and max(0, near - far + margin) is the margin, whatever the rows are (ln 2 with a
    soft margin, ln n where n rows are told apart). There the gradient is 0 or points nowhere.
    The hardest triplets lead there: while the farthest row of a kind is farther than the nearest other one,
    pulling everything together lowers the loss, down to the margin. Long steps make it likely.

    How it is proved: the points of a batch lie within a hundredth of their length (or of what it was before
    the training) around their mean. The loss is asked for made-up answers: it gives the same for any one
    point, which is what the training ended at, and clearly less for points that lie apart. Where it gives no
    less for any of those, the loss itself asks for one point: nothing in it keeps different rows away.

    What to do: a lower learning rate; points of length 1 (layers.UnitNormalization() last); all triplets of a
    batch, or those of which the other row is farther than the one alike (semi-hard), until the loss is well
    under the margin, and the hardest only then.

    What decides: Print predict(x).std(axis=0): next to 0 beside the length of a row, with the loss at its
    margin, says yes.
    """
    closing, penalty = closing_loss(curve), model.regularisation if model is not None else 0.0
    one, length = points.at_one_point, points.length
    if points.rows == 0 or closing is None:
        return None
    if one <= points.apart and points.spread <= SHRUNK * length and _fell_to(one, curve):
        return _nothing_keeps_apart(points, curve, loss)
    if one <= 0.0:
        return None
    if points.spread > ONE_POINT * length or points.apart > CHEAPER * one:
        return None
    if abs(points.loss - one) > STOOD * one or closing - penalty < (1.0 - CHANCE_TOLERANCE) * one:
        return None
    long = optimizer is not None and optimizer.learning_rate > ABOVE_DEFAULT * default_rate(optimizer.name)
    place = loss.defined if loss is not None else None
    if optimizer is not None and long:
        place = optimizer.place or optimizer.compile_place
    began = f" (before the training {points.norm_at_start:.2g})" if points.norm_at_start is not None else ""
    return Finding(
        says=f"The points of {points.rows:,} rows lie {points.spread:.2g} around their mean and are "
        f"{points.norm:.2g} long{began}: one point for all. The loss is {one:.4g} for any one point, and the "
        f"training ends at {closing:.4g}; made-up points that lie apart cost {points.apart:.3g}.",
        shows={
            "spread": points.spread,
            "length": points.norm,
            "length_at_start": points.norm_at_start,
            "loss": closing,
            "loss_at_one_point": one,
            "loss_apart": points.apart,
            "bound": ONE_POINT,
        },
        where=place,
        remedies=_remedies(optimizer, long),
    )


def _fell_to(one: float, curve: Curve) -> bool:
    """Whether the loss fell nearly all the way to what one point for all costs: squares of what shrank."""
    first, last = curve.loss[0], curve.loss[-1]
    return last - one <= SHRUNK**2 * (first - one) and one <= HALVED * first


def _nothing_keeps_apart(points: OnePoint, curve: Curve, loss: Loss | None) -> Finding:
    """The loss itself asks for one point: nothing is cheaper."""
    return Finding(
        says=f"The points of {points.rows:,} rows lie {points.spread:.2g} around their mean, and were "
        f"{points.length:.2g} long. The loss asks for this: {points.at_one_point:.4g} for any one point, "
        f"and no less ({points.apart:.4g}) for points that lie apart: nothing in it keeps other rows away.",
        shows={
            "spread": points.spread,
            "length": points.norm,
            "length_at_start": points.norm_at_start,
            "loss": curve.loss[-1],
            "loss_at_one_point": points.at_one_point,
            "loss_apart": points.apart,
            "bound": SHRUNK,
        },
        where=loss.defined if loss is not None else None,
        remedies=(
            propose(
                "advise",
                at=loss.defined if loss is not None else None,
                text="Give the loss a part that grows where rows of different kinds lie near each other, as "
                "a margin does: max(0, margin - distance); look whether such a part has a weight of 0.",
            ),
        ),
    )


def _remedies(optimizer: Optimizer | None, long: bool) -> tuple[Proposal, ...]:
    """Shorter steps first where they are longer than usual, else the choice of triplets."""
    other = propose(
        "advise",
        text="Begin with all triplets of a batch, or the semi-hard ones, and take the hardest only once the "
        "loss is well under the margin; layers.UnitNormalization() as the last layer keeps the points from "
        "shrinking to 0.",
    )
    if optimizer is None:
        return (other,)
    rate, usual = optimizer.learning_rate, default_rate(optimizer.name)
    lower = usual if rate > 10.0 * usual else rate / 10.0
    shorter = propose("set-learning-rate", optimizer.place or optimizer.compile_place, value=lower)
    return (shorter, other) if long else (other, shorter)


_SHRUNK = OnePoint(
    rows=64, spread=3.5e-5, norm=0.105, norm_at_start=0.9, loss=0.5, at_one_point=0.5, apart=0.0
)
_FLAT = Curve.of(loss=[0.52, 0.5, 0.5])
embedding_collapse.fires(_SHRUNK, _FLAT)
embedding_collapse.fires(_SHRUNK, _FLAT, Optimizer(learning_rate=0.1))
embedding_collapse.fires(
    OnePoint(rows=32, loss=0.6931, at_one_point=0.6931, apart=0.02), Curve.of(loss=[0.6931, 0.6931])
)
embedding_collapse.fires(  # a loss that only draws together what is alike
    OnePoint(rows=64, spread=0.03, norm=1.5, norm_at_start=1.0, loss=4e-4, at_one_point=0.0, apart=0.0),
    Curve.of(loss=[0.2, 0.01, 4e-4]),
)
embedding_collapse.quiet(  # the same loss in a network whose rows stay apart
    OnePoint(rows=64, spread=0.9, norm=1.0, norm_at_start=1.0, loss=4e-4, at_one_point=0.0, apart=0.0),
    Curve.of(loss=[0.2, 0.01, 4e-4]),
)
embedding_collapse.quiet(OnePoint(), _FLAT)
embedding_collapse.quiet(  # few updates: near the margin, and apart
    OnePoint(rows=64, spread=0.09, norm=1.0, norm_at_start=1.0, loss=0.498, at_one_point=0.5, apart=0.0),
    _FLAT,
)
embedding_collapse.quiet(_SHRUNK, Curve.of(loss=[0.4, 0.2, 0.1]))  # one point in inference mode only
embedding_collapse.quiet(  # nothing that was tried is better than one point
    OnePoint(rows=64, spread=0.0, norm=1.0, loss=0.5, at_one_point=0.5, apart=0.5), _FLAT
)
