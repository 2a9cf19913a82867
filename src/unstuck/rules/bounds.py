"""Bounds that several rules share, each with the reason for its figure, and the arithmetic of noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from unstuck.evidence.scores import skill
from unstuck.judgement.standing import LEARNED_SHARE

if TYPE_CHECKING:  # numpy comes with it, and `unstuck log` must begin at once
    from unstuck.evidence.facts import Earlier, Forgotten, NextGiven, Overlap, TargetGiven

#: How many standard errors count as more than chance: one healthy run in 370 is beyond them.
STANDARD_ERRORS = 3.0

#: A loss within 2% of the best constant answer's has learned at most 2% of what there is to know
#: (for a squared error: R2 under .02).
CHANCE_TOLERANCE = 0.02

#: Where no baseline is known, an accuracy from here on is taken as learned.
NEAR_ONE = 0.9

#: A fall of less than 1% between the first and the last third is no progress that anyone would see.
FALL_SHARE = 0.01

#: Rows assumed where nobody counted them, for the sampling noise alone.
UNCOUNTED_ROWS = 1000

#: Keras clips probabilities to [1e-7, 1 - 1e-7] before the logarithm. In float32, 1 - 1e-7 rounds to
#: 1 - 2**-23. So a row that gets probability 1 for label 0 costs CLIP_ONE, and one that gets 0 for
#: label 1 (or for its own class) costs CLIP_ZERO. TensorFlow with the activation last uses the
#: logits instead and has no such bound.
CLIP_ONE = -math.log(2.0**-23)  # 15.9424
CLIP_ZERO = -math.log(1e-7)  # 16.1181

#: One step that moves the weights by a tenth of their own size replaces, within ten steps, what was
#: learned; healthy steps move about a thousandth.
UPDATE_RATIO_HIGH = 0.1
UPDATE_RATIO_HEALTHY = 1e-3

#: Under this many optimizer steps even a well-set small network is mostly not done: with Adam's
#: default rate of .001 no weight can have moved further than .3, about the size of a fresh weight.
FEW_UPDATES = 300


def standard_error(share: float, rows: int) -> float:
    """The standard error of a share counted over `rows` independent rows."""
    share = min(max(share, 0.0), 1.0)
    return math.sqrt(share * (1.0 - share) / max(rows, 1))


def share_noise(share: float, rows: int) -> float:
    """How far a share over `rows` rows strays by chance: three standard errors, at least two rows."""
    return max(2.0 / max(rows, 1), STANDARD_ERRORS * standard_error(share, rows))


def guess_noise(majority: float, rows: int) -> float:
    """How far answers that ignore the input can come above the majority's share on its own rows.

    Answering another class on a share r of the rows, blindly, costs the difference d of the two
    classes' shares in r and strays by three standard errors of a share times 2 sqrt(r (1 - r)). The
    best r gives (sqrt(d^2 + c^2) - d) / 2 with c six standard errors: the whole noise of a share
    where the classes are equal (d = 0), next to nothing where one class is rare.
    """
    difference = max(0.0, majority - min(majority, 1.0 - majority))
    strays = 2.0 * STANDARD_ERRORS * standard_error(majority, rows)
    return max(2.0 / max(rows, 1), (math.hypot(difference, strays) - difference) / 2.0)


def beats(score: float, baseline: float, rows: int, *, same_rows: bool = True) -> bool:
    """Whether a share of right answers is above its baseline by more than noise, and by enough to matter.

    `same_rows` says that the baseline was counted on the very rows that the score is of.
    """
    noise = guess_noise(baseline, rows) if same_rows else share_noise(baseline, rows)
    return skill(score, baseline) >= LEARNED_SHARE and score - baseline > noise


def percent(share: float) -> str:
    """A share in words: "12.3%"."""
    return f"{100 * share:.3g}%"


#: Rows in which a token was exchanged that make a share worth anything.
_ASKED = 16

#: Answers turn into an exchanged token by chance in one of as many rows as there are tokens.
_FOLLOWED = 0.5

#: The answers before the exchanged token are the same calculation: float32 rounds them to 1e-7.
_UNCHANGED = 1e-5


def copies(given: TargetGiven) -> bool:
    """Whether the answers hand on the target that the model is given, step by step."""
    enough = given.asked >= _ASKED and given.followed >= _FOLLOWED * given.asked
    return enough and given.earlier_change <= _UNCHANGED


def reads_ahead(ahead: NextGiven) -> bool:
    """Whether answers change with an id that comes after them; a step or two at the edges may be masked."""
    return ahead.asked >= _ASKED and ahead.changed >= _FOLLOWED * ahead.asked


#: Rows of which some part tells something.
_JUDGED = 16

#: Where rows are kept apart none of them is on both sides, but for copies in the data themselves.
_ON_BOTH_SIDES, _COPIES = 0.5, 0.02


def redrawn(overlap: Overlap) -> bool:
    """Whether validation brings other rows each time, and most of them, no copies, were trained on."""
    return (
        overlap.judged >= _JUDGED
        and overlap.repeated <= _COPIES
        and overlap.trained_on > _ON_BOTH_SIDES * overlap.judged
        and overlap.new_in_second > _COPIES * overlap.judged
    )


#: A row in twenty that no answer can get right is more than a slip of who labelled them.
CONTRADICTED = 0.05

#: Fits of which the parts left out are compared: what two leave out may be disjoint by chance.
_FOLDS = 3

#: Rows that parts of these sizes, drawn at random, would have in common on average. None at all is then left
#: to a chance of exp(-7), below one in a thousand: the parts were dealt out.
_SHARED_BY_CHANCE = 7.0


def judged_after_training(earlier: Earlier) -> bool:
    """Whether most rows that judge this fit, no copies and not its own, trained earlier fits of the model."""
    return (
        earlier.judged >= _JUDGED
        and earlier.distinct >= 1.0 - _COPIES
        and earlier.judged_before > _ON_BOTH_SIDES * earlier.judged
        and earlier.judged_here <= _COPIES * earlier.judged
    )


def dealt_out(earlier: Earlier) -> bool:
    """Whether each fit of one model leaves out a part of the rows that the others train on, as folds do."""
    out = earlier.left_out
    if len(out) < _FOLDS or earlier.left_out_twice or not min(out) or earlier.distinct < 1.0 - _COPIES:
        return False
    pairs = (sum(out) ** 2 - sum(each**2 for each in out)) / 2
    alike = max(out) <= 2 * min(out) and 2 * max(out) <= earlier.rows
    return alike and pairs >= _SHARED_BY_CHANCE * earlier.rows


def forgets(forgotten: Forgotten) -> bool:
    """Whether rows that were answered are now answered no better than by one answer for all of them."""
    rows, majority = forgotten.rows, forgotten.majority / forgotten.rows
    changed = forgotten.lost + forgotten.gained
    return (
        beats(forgotten.then / rows, majority, rows)
        and not beats(forgotten.now / rows, majority, rows)
        and forgotten.lost - forgotten.gained > STANDARD_ERRORS * math.sqrt(changed)
    )


def what_is_left(forgotten: Forgotten) -> str:
    """What became of rows of earlier fits, in a sentence."""
    then, now = forgotten.then / forgotten.rows, forgotten.now / forgotten.rows
    return (
        f"Of {forgotten.rows} rows of the first fits of this model {then:.2f} were answered right when their "
        f"own fit ended, and {now:.2f} are after fit {forgotten.fits}."
    )
