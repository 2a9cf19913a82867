"""The loss stands at a round number: the margin of a distance loss."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import LN2, STAYS, ending, finite, stands_still
from unstuck.rules.sign import fit, sign

#: Margins that people give to triplet and contrastive losses.
_MARGINS = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 0.75, 0.8, 1.0, 1.5, 2.0, 5.0, 10.0)


@sign("loss-at-margin", rank=40, covers=("loss-stands-still", "nothing-moves", "mean-as-the-answer"))
def loss_at_margin(run: LoggedRun) -> Finding | None:
    """Without an accuracy, the loss stays at a round number to all its digits, or at .6931.

    When all embeddings are the same point, every distance is 0, and max(0, d+ - d- + margin) is the margin;
    with a soft margin it is ln 2. A hinge loss is 1 where the output is 0.
    """
    losses = ending(run.loss)
    if run.accuracy or not finite(losses) or len(losses) < STAYS or not stands_still(losses):
        return None
    margin = next(
        (each for each in (*_MARGINS, LN2) if losses[-1].is_at(each) and losses[-1].half < 1e-3), None
    )
    if margin is None:
        return None
    soft = margin == LN2
    name = "ln 2, a soft margin's value" if soft else f"the round number {margin:g}, as a margin is"
    hinge = (
        (fit("dead-relu", "A hinge loss is exactly 1 where the output is 0 for every row."),)
        if margin == 1.0
        else ()
    )
    halves = (
        (fit("learning-rate-too-low", "Binary cross-entropy is ln 2 where every answer is .5."),)
        if soft
        else ()
    )
    return Finding(
        says=f"The loss stays at {losses[-1]}: {name}. When all distances are 0 (all embeddings one point), "
        "a triplet or contrastive loss is its margin whatever the rows are.",
        shows={"loss": losses[-1].value, "margin": margin},
        fits=(
            fit("embedding-collapse", "Where all rows lie at one point, the loss is the margin."),
            fit("learning-rate-too-high", "A large first step can throw all rows to one point."),
            *hinge,
            *halves,
            fit("part-at-fault", "A distance or loss of your own may be 0 for all rows."),
        ),
    )


loss_at_margin.fires(LoggedRun.of(loss=[0.31, 0.2, 0.2, 0.2]))
loss_at_margin.fires(LoggedRun.of(loss=[0.6931, 0.6931, 0.6931]))
loss_at_margin.quiet(LoggedRun.of(loss=[0.2, 0.15, 0.11]))
loss_at_margin.quiet(LoggedRun.of(loss=[0.5, 0.5, 0.5], accuracy=[0.5, 0.5, 0.5]))
