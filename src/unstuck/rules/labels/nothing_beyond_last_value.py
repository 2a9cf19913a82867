"""The rule nothing-beyond-last-value."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Reference, Versus
from unstuck.judgement.findings import Finding, propose
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.rules.rule import cause

#: What the reference calls the answer "tomorrow = today".
LAST = "the last value of the input"

#: From here on the last value is most of the answer, and a network's curve is mostly its echo.
_MOST_OF_IT = 0.9


@cause(
    "nothing-beyond-last-value",
    certainty="measured",
    impact="misleads",
    explains=("beaten-by-simple-model", "learning-slow", "too-few-updates", "model-too-small"),
)
def nothing_beyond_last_value(reference: Reference, fit: Fit | None) -> Finding | None:
    """The last value of the input is the best forecast that anything finds.

    Why it looks stuck: a series that changes by steps nobody can foretell (prices, a random walk) is best
    foretold by its last value. A network reaches a small loss by handing that on, a little late and a little
    off; its forecast is the curve one step later and says nothing of the next step.

    How it is proved: the last value is scored as an answer on the judged rows, beside linear regression,
    nearest neighbours and boosted trees on the same inputs. None takes away a tenth of the squared error that
    the last value leaves, and the network does no better.

    What to do: judge by the error of "tomorrow = today". Let the model foretell the change, y - last value,
    and get inputs that bear on the change; no other network finds what is not there.
    """
    simple, network = reference.best_simple, reference.network
    trivial, floor = reference.best_trivial
    if reference.measure != "R2" or trivial != LAST or simple is None or network is None:
        return None
    left = 1.0 - floor
    if floor < _MOST_OF_IT or left <= 0.0 or max(simple[1], network) - floor >= LEARNED_SHARE * left:
        return None
    return Finding(
        says=f"The last value of the input has an R2 of {floor:.4f} on {reference.judged:,} rows, "
        f"{simple[0]} {simple[1]:.4f}, the network {network:.4f}: nothing takes away a tenth of the error "
        "that the last value leaves. The next step cannot be told from these inputs.",
        shows={
            "last_value": floor,
            "simple_model": simple[1],
            "network": network,
            "bound": floor + LEARNED_SHARE * left,
        },
        where=fit.place if fit is not None else None,
        remedies=(
            propose(
                "advise",
                text="Foretell the change instead, y - last value, and hold it against 0: what is left there "
                "is what the inputs tell. Then look for inputs that bear on the change.",
            ),
        ),
    )


def _example(last: float, simple: float, network: float) -> Reference:
    return Reference(
        measure="R2",
        network=network,
        trivial=((LAST, last), ("always the mean", 0.0)),
        simple=(("linear regression", simple),),
        versus_simple=Versus(difference=network - simple),
        judged=292,
        series=True,
    )


nothing_beyond_last_value.fires(_example(0.9985, 0.9986, 0.9959))
nothing_beyond_last_value.quiet(_example(0.944, 0.998, 0.984))  # a sine: what comes next can be told
nothing_beyond_last_value.quiet(_example(0.9985, 0.9986, 0.9995))  # the network finds more
nothing_beyond_last_value.quiet(_example(0.3, 0.3, 0.25))
