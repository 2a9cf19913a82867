"""What experiments measured: records that only a proof fills."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class Learnability:
    """What simple models reach on rows that were held out from them, and whether chance could.

    `measure` is "accuracy", "balanced accuracy" (the mean share found of each class, for lopsided
    labels; answers are divided by the class's share before the largest wins) or "R2" (1 - squared
    error / that of the training mean). `scores` lists (model, score) on the held-out rows, best
    first; `baseline` is what a constant answer gets there, `persistence` what "the same as the row
    before" gets, None where the rows are no series. `majority` is the share of the most frequent
    class, None for numbers, `classes` their number.

    `p_value` is (1 + b) / (1 + m) of a permutation test: of m = `permutations` times that the
    targets were dealt out anew (for a series: moved along it), the best of the same models did as
    well b times. `smallest` is the smallest advantage over the baseline that these rows would have
    shown four times out of five, `noise` the standard error of the best score. `rows` were used,
    `held_out` of them judged; `series` says that they are in time order. `by_reference` says that these are
    the simple models that each fit is held against, fitted once, to other rows than those that judge.
    """

    measure: str = "accuracy"
    scores: tuple[tuple[str, float], ...] = ()
    baseline: float = 0.0
    persistence: float | None = None
    majority: float | None = None
    classes: int | None = None
    p_value: float = 1.0
    permutations: int = 0
    smallest: float = 1.0
    noise: float = 0.0
    rows: int = 0
    held_out: int = 0
    columns: int = 0
    series: bool = False
    by_reference: bool = False

    @property
    def best(self) -> str:
        """The model with the best score, "" for none."""
        return self.scores[0][0] if self.scores else ""

    @property
    def score(self) -> float:
        """The best score; the baseline where no model was fitted."""
        return self.scores[0][1] if self.scores else self.baseline

    @property
    def advantage(self) -> float:
        """How far the best score is above the baseline."""
        return self.score - self.baseline


@dataclass(frozen=True, kw_only=True)
class GradientCheck:
    """Gradients by autodiff beside central finite differences of the loss, on a few rows.

    `kind` says what is at fault: "layer", "loss", "train_step", "model" (what a model's `call` does
    between its layers), or "" where nothing is; `layer` is its name. `variable` is the path of the
    weights whose gradient is farthest off, or the nearest to it; `analytic` and `numeric` are the
    slopes of the loss along one random direction of these weights, `bound` how far they may lie
    apart by rounding, curvature, kinks and a twentieth. `flat` says that the loss moves in jumps,
    with a gradient of exactly 0. `wrong` of the `checked` weight arrays are off, and `unseen` more
    could not be judged (flat, or at a kink). `rows` were answered in `precision`.
    """

    kind: str = ""
    layer: str = ""
    variable: str = ""
    analytic: float = 0.0
    numeric: float = 0.0
    bound: float = 0.0
    flat: bool = False
    wrong: int = 0
    checked: int = 0
    unseen: int = 0
    rows: int = 0
    precision: str = "float32"
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class PartExchange:
    """One part of the user's training exchanged for a standard one, and put into a reference, in pairs.

    `kind` is what the part is ("loss", "train_step", "layer" ...), `name` the user's word for it, `place`
    where the user wrote it, `instead` the standard part in the words of source. `own` and `healed` are the
    scores of the user's training on held-out rows without and with the standard part, one value a seed,
    `reference` and `broken` those of the reference without and with the user's part (empty where the
    reference could not be given it). Each pair of `heals` and `breaks` is the 95 % interval of the mean
    paired difference. `confirmed` says that both directions came out beyond chance and by at least half
    of the gap between user and reference.

    `reads` is how one statement of a loss would have to read for the loss to pull predictions as the
    standard one does, "" where none was found; `place` is then its line. `pulls` are the shares of the
    standard loss's pull that have the same sign in the user's, as it is and with that statement. For a
    statement of a layer, `tells` is what simple models reach in `tells_measure` from what the layer gives, as
    it is and with that statement.
    """

    kind: str = ""
    name: str = ""
    instead: str = ""
    measure: str = "accuracy"
    own: tuple[float, ...] = ()
    healed: tuple[float, ...] = ()
    heals: tuple[float, float] = (0.0, 0.0)
    reference: tuple[float, ...] = ()
    broken: tuple[float, ...] = ()
    breaks: tuple[float, float] | None = None
    confirmed: bool = False
    rows: int = 0
    updates: int = 0
    place: Place | None = None
    reads: str = ""
    pulls: tuple[float, ...] = ()
    tells: tuple[float, ...] = ()
    tells_measure: str = ""
