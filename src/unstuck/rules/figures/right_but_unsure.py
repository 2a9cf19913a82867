"""Far more rows are right than by guessing, at the loss of guessing."""

from __future__ import annotations

import math

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import NEAR, finite, over
from unstuck.rules.sign import fit, sign

#: Fewer epochs are a beginning.
_EPOCHS = 5

#: The loss came less than this share down from ln K.
_FALL = 0.05

#: Right this many times as often as by guessing.
_TIMES = 2.0

#: It begins near guessing, among so few classes that ln K names one of them.
_BEGINS, _MOST = 2.0, 100


@sign("right-but-unsure", rank=55, covers=("few-updates", "loss-stands-still", "loss-at-ln-k"))
def right_but_unsure(run: LoggedRun) -> Finding | None:
    """The accuracy is over twice 1/K, but after five epochs or more the loss has hardly left ln K.

    The order of the classes is right and their probabilities are all nearly 1/K. Either the steps are short,
    or a second softmax (from_logits=True on probabilities) squeezes them: it leaves at most e : 1.
    """
    losses, accuracy = run.loss, run.accuracy
    if len(losses) < _EPOCHS or not (finite(losses) and finite(accuracy)) or run.epochs[0] != 1:
        return None
    first, last, right = losses[0].value, losses[-1].value, accuracy[-1]
    classes = round(math.exp(min(first, 20.0)))
    if not 3 <= classes <= _MOST or accuracy[0].value > _BEGINS / classes:
        return None
    if abs(first - math.log(classes)) > 2 * NEAR * first:
        return None
    if not 0.0 <= first - last <= _FALL * first or right.value < _TIMES / classes:
        return None
    return Finding(
        says=f"The accuracy is {right}, over {_TIMES:g} times 1/{classes}, but {over(len(losses))} the loss "
        f"only came from {losses[0]} to {losses[-1]}; ln {classes} = {math.log(classes):.4f} is that of "
        "guessing. The right class is mostly ahead, by next to nothing.",
        shows={"accuracy": right.value, "loss": last, "ln_K": math.log(classes)},
        facts={"classes": classes},
        fits=(
            fit("learning-rate-too-low", "Short steps have turned the order, not the size."),
            fit("probabilities-taken-as-logits", "A second softmax leaves probabilities nearly alike."),
            fit("too-few-updates", "More steps may be all it takes."),
            fit("over-regularised", "A strong penalty keeps the weights small."),
        ),
    )


right_but_unsure.fires(
    LoggedRun.of(
        loss=[2.2999, 2.291, 2.28, 2.27, 2.26, 2.2517], accuracy=[0.12, 0.2, 0.26, 0.3, 0.34, 0.3656]
    )
)
right_but_unsure.quiet(LoggedRun.of(loss=[2.29, 1.9, 1.5, 1.1, 0.9], accuracy=[0.12, 0.3, 0.5, 0.6, 0.7]))
right_but_unsure.quiet(LoggedRun.of(loss=[2.303] * 5, accuracy=[0.1] * 5))
