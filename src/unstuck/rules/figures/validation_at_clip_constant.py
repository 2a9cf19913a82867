"""Only on validation rows are all wrong answers certain."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import clip_of, stack_of
from unstuck.rules.sign import fit, sign

#: Training is fine where its loss per wrong row is under a third of the constant.
_FINE_SHARE = 1 / 3


@sign(
    "validation-at-clip-constant",
    rank=30,
    covers=("validation-left-behind", "overfitting", "validation-one-sided", "training-above-evaluation"),
)
def validation_at_clip_constant(run: LoggedRun) -> Finding | None:
    """Validation loss over (1 - validation accuracy) is a clip constant while training is fine.

    The same weights answer sensibly in training and are saturated in validation. Either the network
    differs between the two (batch normalisation takes its moving statistics at inference), or the
    rows do (another scaling).
    """
    if not run.val_pairs or not run.pairs:
        return None
    loss, accuracy = run.val_pairs[-1]
    found = clip_of(loss, accuracy)
    train_loss, train_accuracy = run.pairs[-1]
    if found is None or not train_loss.finite or clip_of(train_loss, train_accuracy) is not None:
        return None
    clip, each = found
    if train_loss.value >= _FINE_SHARE * loss.value or train_accuracy.value <= accuracy.value:
        return None
    return Finding(
        says=f"In validation, loss {loss} over 1 - {accuracy} is {each:.2f} for each wrong row: the cost of "
        f"a certain and wrong answer is {clip.cost:.4f} with {stack_of(clip, run.style)}. In training the "
        f"same weights have a loss of {train_loss} at an accuracy of {train_accuracy}, so the output is "
        "saturated at inference only.",
        shows={"loss_per_wrong_row": each, "constant": clip.cost, "val_accuracy": accuracy.value},
        facts={"software": stack_of(clip, run.style)},
        fits=(
            fit(
                "batchnorm-inference-gap",
                "Batch normalisation uses other statistics at inference; a frozen base that still took those "
                "of the batches in training does the same.",
            ),
            fit(
                "validation-preprocessed-differently", "Validation rows on another scale saturate the output."
            ),
        ),
    )


validation_at_clip_constant.fires(
    LoggedRun.of(loss=[0.4, 0.2], accuracy=[0.8, 0.92], val_loss=[7.6, 7.6666], val_accuracy=[0.5, 0.5])
)
validation_at_clip_constant.quiet(
    LoggedRun.of(loss=[0.4, 0.2], accuracy=[0.8, 0.92], val_loss=[0.5, 0.4], val_accuracy=[0.78, 0.85])
)
