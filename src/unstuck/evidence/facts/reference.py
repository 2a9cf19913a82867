"""What a training is held against: trivial answers and simple models, scored on the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unstuck.evidence.facts.examined import Elsewhere


@dataclass(frozen=True, kw_only=True)
class Versus:
    """The network's score minus another's, paired row by row.

    `difference` is the mean, `low` and `high` its interval of three standard errors of the paired
    differences: rows of one sequence or image, or neighbouring rows of a series, count as one draw.
    """

    difference: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Quantile:
    """A loss of the user's own that asks for a quantile.

    `asked` is the number that the program gives it by name, `aims` the quantile at which it is least: it
    costs `below` for each unit that an answer lies below its target and `above` for each above. Of the
    targets of `rows` judged rows the share `covered` lies at or below the network's answer.
    """

    asked: float = 0.5
    aims: float = 0.5
    covered: float = 0.5
    rows: int = 0
    above: float = 0.5
    below: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Padded:
    """Steps of judged rows where the input holds nothing but padding, and the network's decisions there.

    `value` is the padding of the input, `label` the one class that all of these steps have; they are the
    `share` of all steps that count. `everywhere` is the share of right decisions at all steps, `at_padding`
    at these, `right` at the `places` others, of which the share `most` has the most frequent class.
    """

    value: float = 0.0
    label: float = 0.0
    share: float = 0.0
    everywhere: float = 0.0
    at_padding: float = 0.0
    right: float = 0.0
    places: int = 0
    most: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Trivial answers, simple models and the network on the same rows of one output.

    `measure` is what all are scored with, 1.0 being perfect:

    - "accuracy", the share of right decisions;
    - "balanced accuracy", the mean share found of each class, for lopsided classes (simple models' answers
      are divided by the class's share before the largest wins); for several labels a row the mean over
      labels of the share found of each label's yes and no;
    - "R2", one minus the squared error over that of the training mean, a mean over outputs;
    - "error saved", one minus the absolute error over that of the training median.

    `trivial` and `simple` list (answer, score), best first; simple models saw training rows only.
    `network` is None where its answers could not be had or compared, `why` says so. Where the output
    or the loss leaves open how its answers are meant, the reading that serves the network best counts:
    a threshold of its own choice, a straight line through its numbers (`benefit` is then true).
    `ahead_in_own_loss` says that a loss of the user's own ranks the network above every simple model, and by
    more than chance above every constant: a quantile, or costs, which `measure` does not count.

    `quantile` is what a quantile loss of the user's own asks for and gets, None for other losses. `padded`
    is what the network decides at padded steps and at the others, None where no input is padded or the
    network decides once a row.

    `elsewhere` is what another threshold makes of the network's answers to the judged rows, None where no
    metric decides by one.

    `judged` rows were held out: validation rows, or (`on` is "training") rows that the network
    was trained on and each simple model was not, by cross-validation over `taught` rows. `positions`
    counts the places judged in these rows, for answers by step or pixel. `series` says that rows
    are in time order. `levels` counts the classes, None for numbers.

    `p_value` is (1 + b) / (1 + m): of m = `permutations` times that the judged rows' targets were
    dealt out anew (a series: moved along), the best of the same simple models' answers scored as
    well b times. `versus_simple` and `versus_trivial` compare the network with the best of each.
    `seconds` is the wall time the reference took, of all outputs together.
    """

    measure: str = "accuracy"
    network: float | None = None
    why: str = ""
    trivial: tuple[tuple[str, float], ...] = ()
    simple: tuple[tuple[str, float], ...] = ()
    versus_simple: Versus | None = None
    versus_trivial: Versus | None = None
    quantile: Quantile | None = None
    padded: Padded | None = None
    elsewhere: Elsewhere | None = None
    benefit: bool = False
    ahead_in_own_loss: bool = False
    on: Literal["validation", "training"] = "validation"
    judged: int = 0
    taught: int = 0
    positions: int = 0
    levels: int | None = None
    series: bool = False
    p_value: float = 1.0
    permutations: int = 0
    seconds: float = 0.0

    @property
    def best_trivial(self) -> tuple[str, float]:
        """The best answer that needs no training, and its score."""
        return self.trivial[0] if self.trivial else ("a constant answer", 0.0)

    @property
    def best_simple(self) -> tuple[str, float] | None:
        """The best simple model and its score, None where none could be fitted."""
        return self.simple[0] if self.simple else None
