"""The rule decoder-not-shifted."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Inputs, TargetGiven
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import copies
from unstuck.rules.rule import cause


@cause("decoder-not-shifted", certainty="measured", impact="misleads", explains=("answers-copy-input",))
def decoder_not_shifted(inputs: Inputs, fit: Fit | None) -> Finding | None:
    """The decoder is handed, at each step, the very token that it is to answer there.

    Why it looks stuck: taught with the right tokens (teacher forcing), a decoder is to see those before the
    one that it answers. Given the target itself it learns to hand it on: loss and accuracy are soon perfect,
    and what it writes alone, without the answer at hand, is noise.

    How it is proved: an input of whole numbers equals the targets in every entry. In sample rows its token
    in the middle is exchanged for another: the answer at that position follows, those before do not change.
    A model that shifts its input itself, or that reads all steps to rebuild them, does not answer so.

    What to do: shift the decoder's input by one step: a start token first, then the targets but the last.
    """
    given = inputs.target_given
    if given is None or not copies(given):
        return None
    made = inputs.training[given.index].place if given.index < len(inputs.training) else None
    which = f"input {given.name}" if given.name else f"input number {given.index + 1}"
    return Finding(
        says=f"The model is given its answers: {which} equals the targets in all {given.rows:,} x "
        f"{given.steps} entries, and is handed on. It never learns to write the next token alone.",
        shows={"rows": given.rows, "steps": given.steps, "followed": given.followed, "asked": given.asked},
        where=made or (fit.place if fit is not None else None),
        remedies=(
            propose(
                "advise",
                text="Shift the decoder's input by one step, a start token first: "
                "np.concatenate([np.full((len(target), 1), START), target[:, :-1]], axis=1).",
            ),
        ),
    )


_COPIED = TargetGiven(name="decoder", rows=900, steps=6, position=3, asked=100, followed=99)
decoder_not_shifted.fires(Inputs(target_given=_COPIED), Fit())
decoder_not_shifted.quiet(Inputs(target_given=TargetGiven(rows=900, steps=6)))
decoder_not_shifted.quiet(Inputs())
