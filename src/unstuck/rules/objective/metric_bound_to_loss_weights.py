"""The rule metric-bound-to-loss-weights."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DOES_NOT_FIT
from unstuck.rules.rule import cause


@cause(
    "metric-bound-to-loss-weights",
    certainty="proved",
    impact="blocks",
    explains=(DOES_NOT_FIT,),
)
def metric_bound_to_loss_weights(code: Code) -> Finding | None:
    """The metrics stand where compile takes the weights of the losses.

    Why it looks stuck: the arguments of compile are, in order, optimizer, loss, loss_weights, metrics. A list
    of metrics in third place becomes the weights of the losses. A name is no number to weigh with, so fit
    stops with an error that does not mention metrics, and no accuracy is counted.

    How it is proved: the third argument that compile gets by position is a list of names.

    What to do: name the argument: `metrics=[...]`.
    """
    seen = next(iter(code.of("metrics-by-position")), None)
    if seen is None:
        return None
    names = tuple(str(name) for name in seen.shows.get("names") or ())
    written = ", ".join(f'"{name}"' for name in names)
    return Finding(
        says=f"compile gets [{written}] as its third argument, which is loss_weights; metrics is the fourth. "
        "A name is no number to weigh a loss with: fit stops with an error, and no metric is counted.",
        shows={"names": names, "position": 3, "position_of_metrics": 4},
        where=seen.place,
        remedies=(propose("advise", text=f"Name the argument: compile(..., metrics=[{written}])."),),
    )


metric_bound_to_loss_weights.fires(
    Code(sightings=(Sighting(kind="metrics-by-position", shows={"names": ("accuracy",)}),))
)
metric_bound_to_loss_weights.quiet(Code())
