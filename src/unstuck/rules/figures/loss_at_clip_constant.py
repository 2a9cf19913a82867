"""The loss of each wrong row is that of a certain and wrong answer."""

from __future__ import annotations

from unstuck.evidence.printed.run import LoggedRun
from unstuck.judgement.findings import Finding
from unstuck.rules.arithmetic import Clip, clip_of, stack_of, stands_still
from unstuck.rules.sign import fit, sign

#: The last two epochs must agree: one may be at the constant by accident.
_EPOCHS = 2


@sign(
    "loss-at-clip-constant",
    rank=30,
    covers=(
        "loss-rises",
        "wrong-rows-cost-too-much",
        "nothing-moves",
        "training-below-validation",
        "accuracy-never-moves",
        "one-answer-for-all",
        "loss-stands-still",
        "loss-at-ln-k",
        "argmax-tie",
        "mean-as-the-answer",
        "perfect-from-the-start",
    ),
)
def loss_at_clip_constant(run: LoggedRun) -> Finding | None:
    """Loss over (1 - accuracy) equals the cost of a certain and wrong answer.

    Before the logarithm Keras clips probabilities, so that a wrong row costs at most a constant:
    15.9424 = -ln(2^-23) where label 0 got 1, 16.1181 = -ln(1e-7) where a label got 0; 15.33, 15.42
    and 15.25 in the years of TensorFlow 2; 34.54 in 2015. When the loss of each wrong row is such a
    constant, all wrong answers are certain: the output is saturated, and its gradient is zero.
    """
    pairs = run.pairs[-_EPOCHS:]
    held = [each for each in (clip_of(*pair) for pair in pairs) if each is not None]
    if not held or len(held) < len(pairs) or len({clip for clip, _ in held}) > 1:
        return None
    clip, each = held[-1]
    loss, accuracy = pairs[-1]
    always = stands_still(run.accuracy, 1) and clip_of(*run.pairs[0]) is not None
    answer = "1 for label 0" if clip.side == "one" else "0 for the row's own label"
    begun = "in every epoch" if always else "at the end"
    stack = stack_of(clip, run.style)
    return Finding(
        says=f"Loss {loss} over the share of wrong rows, 1 - {accuracy}, is {each:.2f} for each wrong row, "
        f"{begun}. A certain answer of {answer} costs {clip.cost:.4f} with {stack}: every wrong answer is "
        "certain, the output is saturated, and no gradient comes back through it.",
        shows={"loss_per_wrong_row": each, "constant": clip.cost, "accuracy": accuracy.value},
        facts={"share of the class that is always answered": accuracy.value, "software": stack},
        fits=_fits(clip, always, accuracy.value),
        explains=() if always else ("sudden-step",),
    )


def _fits(clip: Clip, always: bool, accuracy: float) -> tuple[Finding, ...]:
    """The causes by the side of the constant, and by whether it was ever otherwise."""
    diverged = fit("saturated-divergence", "Each wrong row costs what a certain answer does.")
    rate = fit("learning-rate-too-high", "The figures were others before: something moved the weights far.")
    inputs = fit("inputs-not-scaled", "Inputs of hundreds saturate the output in the first steps.")
    logits = fit(
        "logits-taken-as-probabilities",
        "Without an activation at the end, values outside 0 to 1 are clipped to its bounds.",
    )
    if not always:
        return (diverged, rate, inputs, logits)
    relu = fit("relu-output", "An output ReLU that is dead answers exactly 0.")
    if clip.side == "one":
        softmax = fit(
            "softmax-over-one-unit",
            f"The accuracy is then the share of label 1, {accuracy:.4f}, and each row of label 0 costs this "
            "constant.",
        )
        return (softmax, diverged, inputs, logits)
    return (relu, diverged, inputs, logits)


loss_at_clip_constant.fires(LoggedRun.of(loss=[7.9712] * 3, accuracy=[0.5] * 3))
loss_at_clip_constant.fires(LoggedRun.of(loss=[8.0590] * 3, accuracy=[0.5] * 3))
loss_at_clip_constant.fires(LoggedRun.of(loss=[2.1, 14.4, 14.5063, 14.5063], accuracy=[0.2, 0.1, 0.1, 0.1]))
loss_at_clip_constant.quiet(LoggedRun.of(loss=[0.6, 0.4], accuracy=[0.7, 0.8]))
loss_at_clip_constant.quiet(LoggedRun.of(loss=[2.3, 1.9, 1.6], accuracy=[0.1, 0.3, 0.4]))
