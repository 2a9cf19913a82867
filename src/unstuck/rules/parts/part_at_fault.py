"""The rule part-at-fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from unstuck.evidence.facts import PartExchange
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: What each kind of part is called in a sentence, and what to look for in it.
_LOOK_FOR = {
    "loss": "print the loss of a few rows beside what the formula asks: the shapes of y_true and y_pred, the "
    "sign, which axis is averaged, and whether wrong answers cost more than right ones",
    "train_step": "print the shapes of targets and answers, and see that the loss whose gradient is taken is "
    "the one that is meant, for all trainable weights",
    "compute_loss": "print the shapes of targets and answers, and see that each term has its sign and weight",
    "layer": "give the layer a few rows and compare what it puts out with what it should; see that every "
    "number it is to learn is in its trainable_weights",
    "callback": "print a weight before and after it, beside what it is to put there",
    "regulariser": "print what it costs for a few weights: never less than 0, and more the further they are "
    "from what they are held to",
}
_ELSE = "compare what it does on a few rows with what it should do"


@cause(
    "part-at-fault",
    certainty="confirmed",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        LEARNING_ENDS,
        DIVERGES,
        VALIDATION_APART,
        "loss-negative",
        "dead-relu",
        "exploding-gradient",
        "gradient-check-fails",
        "learning-rate-too-high",
        "learning-rate-too-low",
        "nan-loss",
        "nothing-to-learn",
        "saturated-divergence",
        "too-few-updates",
        "vanishing-gradient",
    ),
)
def part_at_fault(exchange: PartExchange) -> Finding | None:
    """A part of the program's own fails where a standard one learns.

    Why it looks stuck: a loss, a training step, a layer, a regulariser or a callback that the program wrote
    itself does something else than it should, so the training learns little or something else, while
    every line around it is right.

    How it is proved: the part is exchanged for a standard one and nothing else is changed, and the training
    learns; a standard training of the same rows is given the program's part, and stops learning. Each
    direction is trained three times in pairs of one seed and scored on rows that were held out; both
    differences lie beyond chance and close at least half of the gap.

    What to do: look into the part at its line, or use the standard one.

    What decides: Put a standard loss, metric or step in place of your own; figures that learn say yes. Where
    a label has two senses, compute the accuracy against 1 - y as well; high there says yes.
    """
    if not exchange.confirmed:
        return None
    where = f" ({exchange.place.file.rpartition('/')[2]}:{exchange.place.line})" if exchange.place else ""
    part = f"your {exchange.kind} {exchange.name}{where}"
    if exchange.kind == exchange.name:
        part = f"your own {exchange.kind}{where}"
    low, high = exchange.heals
    says = (
        f"With {exchange.instead} in place of {part} and nothing else changed, {exchange.measure} on "
        f"{exchange.rows:,} rows kept from training goes from {_mean(exchange.own)} to "
        f"{_mean(exchange.healed)} ({low:+.2f} to {high:+.2f} in {len(exchange.own)} pairs of trainings)."
    )
    if exchange.breaks is not None:
        says += (
            f" The other way round, a standard training falls from {_mean(exchange.reference)} to "
            f"{_mean(exchange.broken)} with {part} in it."
        )
    if exchange.reads and len(exchange.pulls) == 2:
        before, after = exchange.pulls
        says += (
            f" It goes astray in this line: as it stands {100 * before:.0f}% of the pull on the predictions "
            f"goes where {exchange.instead} pulls, with `{exchange.reads}` in its place {100 * after:.0f}%."
        )
    if exchange.reads and len(exchange.tells) == 2:
        before, after = exchange.tells
        says += (
            f" It goes astray in this line: from what the layer gives, simple models reach "
            f"{exchange.tells_measure} {before:.2f} as it stands and {after:.2f} with `{exchange.reads}` "
            "in its place."
        )
    advice = f"Look into {part}: {_LOOK_FOR.get(exchange.kind, _ELSE)}. Or use {exchange.instead}."
    return Finding(
        says=says,
        shows={
            "kind": exchange.kind,
            "part": exchange.name,
            "instead": exchange.instead,
            "measure": exchange.measure,
            "own": exchange.own,
            "healed": exchange.healed,
            "heals": exchange.heals,
            "reference": exchange.reference,
            "broken": exchange.broken,
            "breaks": exchange.breaks,
        },
        where=exchange.place,
        remedies=(propose("advise", at=exchange.place, text=advice),),
    )


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.2f}" if values else "?"


_OWN_LOSS = PartExchange(
    kind="loss",
    name="focal",
    instead="keras.losses.BinaryCrossentropy",
    own=(0.34, 0.36, 0.33),
    healed=(0.91, 0.90, 0.92),
    heals=(0.52, 0.61),
    reference=(0.90, 0.91, 0.89),
    broken=(0.35, 0.35, 0.36),
    breaks=(-0.58, -0.51),
    confirmed=True,
    rows=400,
    updates=300,
)
part_at_fault.fires(_OWN_LOSS)
part_at_fault.fires(replace(_OWN_LOSS, reads="return mean(y_true * y_pred)", pulls=(0.55, 1.0)))
part_at_fault.fires(
    replace(_OWN_LOSS, kind="layer", reads="return ops.sort(x)", tells=(0.1, 0.9), tells_measure="R2")
)
part_at_fault.quiet(PartExchange(kind="loss", name="focal", own=(0.9, 0.9), healed=(0.91, 0.91)))
