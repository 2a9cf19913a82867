"""Symptom: a simple model does better on the same rows."""

from __future__ import annotations

from unstuck.evidence.facts import Curve, Reference, Versus
from unstuck.judgement.findings import Certainty, Finding
from unstuck.judgement.standing import LEARNED_SHARE, is_under_way, rival_of
from unstuck.rules.families import NOTHING_LEARNED
from unstuck.rules.progress import fall_of
from unstuck.rules.rule import symptom

#: A curve that levels off has made next to nothing of its whole fall in its last part.
STILL_FALLING = 0.2

#: A loss that ends so many times its first size below 0 runs away and does not learn: a log-likelihood of
#: numbers falls by some units, as halving the spread of the answers lowers it by .7.
RUNS_AWAY = 10.0


@symptom("beaten-by-simple-model", of=NOTHING_LEARNED)
def beaten_by_simple_model(reference: Reference, curve: Curve | None) -> Finding | None:
    """A simple model, fitted in milliseconds, does clearly better than the network on the same rows.

    Logistic or linear regression, nearest neighbours and boosted trees are fitted on at most 1,500 of
    the training rows; network and simple models are judged on the same validation rows. Without
    validation rows the network is judged on rows that it was trained on, and each simple model on those
    of them that were kept from it.
    A network is beaten where it loses by more than three standard errors of the paired differences,
    and by a tenth of the way from the best answer that needs no training to perfect. A simple model that
    won by chance is none: targets dealt out at random may do as well at most once in a hundred times. A
    network that loses to the answer without training itself, "tomorrow = today" for series, is beaten too.
    A network that has come half of the way and is still getting better is beaten so far, and one that a loss
    of your own (a quantile, costs) ranks above all of them may do what it is meant to: either is shown only
    where a cause was found that explains it.
    """
    rival = rival_of(reference)
    if rival is None or reference.network is None:
        return None
    trivial, floor = reference.best_trivial
    beside = "" if rival.name == trivial else f" and {trivial} {floor + 0.0:.3f}"
    where = f"{reference.judged:,} validation rows"
    if reference.on == "training":
        where = f"{reference.judged:,} training rows, each simple model kept from those it is judged on"
    apart = rival.versus
    return Finding(
        says=f"On {where}, the network's {reference.measure} is {reference.network:.3f}; {rival.name} "
        f"reaches {rival.score:.3f}{beside}. The difference of {apart.difference:.2g} is beyond chance "
        f"({apart.low:.2g} to {apart.high:.2g} at three standard errors).",
        shows={
            "measure": reference.measure,
            "network": reference.network,
            "simple_model": rival.name,
            "simple_model_score": rival.score,
            "constant_answer": floor,
            "difference": apart.difference,
            "low": apart.low,
            "high": apart.high,
            "p_value": reference.p_value,
            "rows": reference.judged,
            "judged_on": reference.on,
            "bound": LEARNED_SHARE * (1.0 - floor),
        },
        certainty=Certainty.SUSPECTED
        if reference.ahead_in_own_loss or (is_under_way(reference) and _still_learns(reference, curve))
        else None,
    )


def _still_learns(reference: Reference, curve: Curve | None) -> bool:
    """Whether the loss on the rows that judge was still falling when the training ended."""
    if curve is None:
        return False
    judged = reference.on == "validation" and curve.val_loss
    losses = curve.val_loss if judged else curve.loss
    if losses and losses[0] and losses[-1] < -RUNS_AWAY * abs(losses[0]):
        return False
    fall = fall_of(Curve.of(loss=losses))
    return fall is not None and fall.steady and fall.middle - fall.last > STILL_FALLING * fall.total


def _example(network: float, simple: float, error: float, p_value: float = 0.005) -> Reference:
    """A reference of two equal classes in which `error` is the reach of the interval."""
    apart = network - simple
    return Reference(
        network=network,
        trivial=(("always the most frequent class", 0.5),),
        simple=(("nearest neighbours", simple),),
        versus_simple=Versus(difference=apart, low=apart - error, high=apart + error),
        judged=400,
        taught=1000,
        p_value=p_value,
    )


_LEVELLED = Curve.of(loss=[0.7, 0.6, 0.6], val_loss=[0.7, 0.6, 0.6])
beaten_by_simple_model.fires(_example(0.69, 1.0, 0.07))
beaten_by_simple_model.fires(_example(0.69, 1.0, 0.07), _LEVELLED)
# A loss without a least value: it falls and falls while the answers run away.
beaten_by_simple_model.fires(
    _example(0.69, 1.0, 0.07), Curve.of(loss=[9.7, -8.0, -900.0], val_loss=[0.4, -70.0, -1800.0])
)
# "Tomorrow = today" costs a quarter of the network's squared error.
beaten_by_simple_model.fires(
    Reference(
        measure="R2",
        network=0.996,
        trivial=(("the last value of the input", 0.999),),
        simple=(("linear regression", 0.999),),
        versus_simple=Versus(difference=-0.003, low=-0.004, high=-0.002),
        versus_trivial=Versus(difference=-0.003, low=-0.004, high=-0.002),
        judged=300,
        p_value=0.005,
    )
)
beaten_by_simple_model.quiet(_example(0.93, 0.88, 0.05))
beaten_by_simple_model.quiet(_example(0.93, 0.96, 0.02))
beaten_by_simple_model.quiet(_example(0.69, 0.79, 0.12))
beaten_by_simple_model.quiet(_example(0.45, 0.56, 0.08, p_value=0.04))
beaten_by_simple_model.quiet(Reference(trivial=(("always the mean", 0.0),)))
