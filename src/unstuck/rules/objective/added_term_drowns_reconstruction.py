"""The rule added-term-drowns-reconstruction."""

from __future__ import annotations

import math

from unstuck.evidence.facts import AddedTerm, Baselines, Fit, Labels
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.bounds import CHANCE_TOLERANCE
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: A term of which the training took away nine tenths was what it worked on.
_GIVEN_UP = 0.1

#: Answers whose spread over rows is under a tenth of the targets' explain at most 1% of their variance.
_SAME_FOR_ALL = 0.1


@cause(
    "added-term-drowns-reconstruction",
    certainty="measured",
    impact="blocks",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, "dead-relu"),
)
def added_term_drowns_reconstruction(
    added: AddedTerm, baselines: Baselines, labels: Labels, fit: Fit
) -> Finding | None:
    """A term added to the loss costs more than the best reconstruction can win back.

    Why it looks stuck: a variational autoencoder pays for what its code says of the input (the KL term) and
    is paid by the reconstruction. A KL that is summed over the code, beside a reconstruction that is a mean
    over all entries, costs so much that the cheapest answer is a code that says nothing: every picture is
    the mean picture (posterior collapse).

    How it is proved: a constant answer costs C under the reconstruction's loss, so no reconstruction wins
    more than C. The added term fell by more than C during the training, to next to nothing, while the
    reconstruction stayed at C with the same answer for every row.

    What to do: put both on one scale: divide the term by the number of entries that the reconstruction is a
    mean of, or sum the reconstruction over them; a weight that grows from 0 (warm-up) helps further.
    """
    gain = baselines.constant_loss
    if not fit.reconstructs or gain is None or not math.isfinite(added.loss) or labels.variance <= 0:
        return None
    paid = added.at_start - added.at_end
    nothing_won = added.loss >= (1.0 - CHANCE_TOLERANCE) * gain
    same = added.answers_spread <= _SAME_FOR_ALL * math.sqrt(labels.variance)
    if paid <= gain or added.at_end > _GIVEN_UP * added.at_start or not (nothing_won and same):
        return None
    return Finding(
        says=f"The term that add_loss adds fell from {added.at_start:.3g} to {added.at_end:.2g}, and the "
        f"reconstruction stands at {added.loss:.3g}. A constant answer costs {gain:.3g}, so no "
        "reconstruction could win more than that: saying nothing of the input was cheaper, every row gets "
        "one answer.",
        shows={
            "added_at_start": added.at_start,
            "added_at_end": added.at_end,
            "reconstruction": added.loss,
            "most_to_be_won": gain,
            "entries": added.entries,
        },
        where=added.place,
        remedies=(
            propose(
                "advise",
                at=added.place,
                text=f"Put both terms on one scale: the reconstruction is a mean over {added.entries:,} "
                f"entries, so divide the added term by {added.entries:,} as well, and weigh it lower still "
                "(0.1, growing during the training) where the answers stay alike.",
            ),
        ),
    )


_PIXELS = Labels(count=1797, shape=(64,), variance=0.14, form="continuous")
_COLLAPSED = AddedTerm(at_start=0.6, at_end=0.0004, loss=0.0735, answers_spread=0.003, entries=64)
_MEAN = Baselines(mean_mse=0.0734, constant_loss=0.0734)
added_term_drowns_reconstruction.fires(_COLLAPSED, _MEAN, _PIXELS, Fit(reconstructs=True))
added_term_drowns_reconstruction.quiet(_COLLAPSED, _MEAN, _PIXELS, Fit())
added_term_drowns_reconstruction.quiet(
    AddedTerm(at_start=0.001, at_end=0.012, loss=0.03, answers_spread=0.2, entries=64),
    _MEAN,
    _PIXELS,
    Fit(reconstructs=True),
)
