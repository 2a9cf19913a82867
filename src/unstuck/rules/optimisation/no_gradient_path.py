"""The rule no-gradient-path."""

from __future__ import annotations

from unstuck.evidence.facts import Cut, Dynamics, Fit, Variable
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause


@cause(
    "no-gradient-path",
    certainty="measured",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        "dead-relu",
        "frozen-layers",
        "gradient-check-fails",
        "learning-rate-too-low",
        "model-too-small",
        "too-few-updates",
        "vanishing-gradient",
    ),
)
def no_gradient_path(cut: Cut, dynamics: Dynamics, fit: Fit | None) -> Finding | None:
    """A layer passes no gradient on, so that the weights before it never move.

    Why it looks stuck: rounding, a cast to whole numbers, argmax, a comparison or stop_gradient have the
    slope 0. What stands before them keeps its initial weights to the last bit, and only what follows learns,
    from features that nobody taught.

    How it is proved: zeros are added to the input and to the output of each layer, and the loss is
    differentiated by them. By the output the gradient is not 0, by the input it is exactly 0 in every entry,
    though the output differs from row to row. Weights that say they are trained have not moved at all.

    What to do: a smooth step instead (a sigmoid, a softmax), or the straight-through form
    x + stop_gradient(step(x) - x), whose gradient is that of x.

    What decides: Compute the gradient of the loss for every weight; None or all zeros says yes.
    """
    still = [
        each
        for each in dynamics.variables
        if each.trainable and each.in_optimizer and each.moved == 0.0 and each.path in cut.behind
    ]
    if not cut.layer or not cut.custom or not still:
        return None
    size = sum(each.size for each in still)
    names = ", ".join(list(dict.fromkeys(each.layer for each in still))[:3])
    heard = "gives whole numbers, which have no slope"
    if not cut.whole:
        heard = f"gets a gradient of up to {cut.output_gradient:.2g} at its output and passes on exactly 0"
    where = f"The layer {cut.layer} ({cut.kind}) {heard}, though"
    if cut.before:
        where = (
            f"Between the layers {cut.before} and {cut.layer} a gradient of up to {cut.output_gradient:.2g} "
        )
        where += "becomes exactly 0, though"
    return Finding(
        says=f"{where} its output differs from row to row. "
        f"{size:,} trainable weights ({names}) have not moved by a bit since the start.",
        shows={
            "gradient_at_output": cut.output_gradient,
            "gradient_at_input": 0.0,
            "weights_that_stand_still": size,
        },
        where=cut.place or (fit.place if fit is not None else None),
        remedies=(
            propose(
                "advise",
                at=cut.place,
                text="Give this step a slope: a sigmoid or softmax in its place, or straight through, "
                "x + keras.ops.stop_gradient(step(x) - x).",
            ),
        ),
    )


def _moved(by: float) -> Dynamics:
    return Dynamics(
        variables=(
            Variable(path="dense/kernel", layer="dense", size=320, moved=by),
            Variable(path="dense_1/kernel", layer="dense_1", size=32, moved=0.2),
        )
    )


_ROUNDS = Cut(
    layer="steps",
    kind="Steps",
    custom=True,
    output_gradient=0.02,
    output_spread=0.5,
    behind=("dense/kernel",),
)
no_gradient_path.fires(_ROUNDS, _moved(0.0))
no_gradient_path.quiet(_ROUNDS, _moved(0.1))  # a branch that is stopped on purpose beside one that learns
no_gradient_path.quiet(Cut(layer="mask", custom=True), _moved(0.0))  # what stands still is not behind it
no_gradient_path.quiet(Cut(), _moved(0.0))
