"""What pictures of a run are drawn from: small, bounded tables, part of a saved Case.

Every table holds at most `MOST_BINS` bins of an axis, `MOST_ROWS` layers, columns or steps and
`MOST_CLASSES` classes; what is left out is counted or folded into one entry. None stands for a
number that is not known or not finite. Names are those of the user's program.
"""

from __future__ import annotations

from typing import Final

import msgspec

#: More bins than this are no longer told apart in a picture as wide as a phone.
MOST_BINS: Final = 48

#: More lines of a heat map than this cannot carry a label each.
MOST_ROWS: Final = 40

#: More classes than this are one entry, "others": a table of twelve by twelve is still read at a glance.
MOST_CLASSES: Final = 12


class AnswerSpread(msgspec.Struct, frozen=True, kw_only=True):
    """How one output answers `rows` sample rows of the training data, as a histogram by group.

    `edges` bound the bins (one more than there are bins); `groups` names the groups of rows ("label
    0", or "answers" and "targets" for numbers) and `counts` holds their entries by bin. `axis` says
    what is binned. `threshold` is the value above which the answer is a yes, None where no threshold
    decides. `decided` lists (class, rows answered so, rows labelled so), the most frequent first.
    `margin_start` and `margin_end` are mean margins of the right class over its best rival, at the
    initial and at the last weights; `changed` is the share of rows whose decision differs between
    them.
    """

    output: str = ""
    rows: int = 0
    axis: str = "answer"
    edges: list[float | None] = []
    groups: list[str] = []
    counts: list[list[int]] = []
    threshold: float | None = None
    decided: list[tuple[str, int, int]] = []
    margin_start: float | None = None
    margin_end: float | None = None
    changed: float | None = None


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """Sample rows by right class (line) and decided class (column), in the order of `classes`."""

    output: str = ""
    rows: int = 0
    classes: list[str] = []
    counts: list[list[int]] = []


class LabelOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The labels along the order of the rows, by stretches of equally many rows.

    `part` is "training" or "validation". `shares` holds one list a class, its share of each stretch.
    For numbers `classes` is empty and `low`, `mean` and `high` are those of each stretch.
    """

    output: str = ""
    part: str = "training"
    rows: int = 0
    classes: list[str] = []
    shares: list[list[float]] = []
    low: list[float | None] = []
    mean: list[float | None] = []
    high: list[float | None] = []


class LayerSteps(msgspec.Struct, frozen=True, kw_only=True):
    """Vital signs by layer over the training steps that were looked at.

    `steps` counts optimizer steps from 1. `gradients` are Euclidean norms of each layer's gradient,
    `ratios` the norm of its update over that of its weights: one list a layer, one value a step.
    `left_out` layers more were watched.
    """

    layers: list[str] = []
    steps: list[int] = []
    gradients: list[list[float | None]] = []
    ratios: list[list[float | None]] = []
    left_out: int = 0


class LayerUnits(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of silent units by layer, on `rows` sample rows at the end of training.

    `dead` is the share of units that are zero on every row, `saturated` the share of entries beyond
    .99 of the activation's bound. Layers whose activation can be neither are left out.
    """

    rows: int = 0
    layers: list[str] = []
    activations: list[str] = []
    dead: list[float] = []
    saturated: list[float] = []
    left_out: int = 0


class TimeAxis(msgspec.Struct, frozen=True, kw_only=True):
    """Padding along the time axis of one input, and the gradient that reaches each step.

    `padded` is the share of the rows whose step is padding, by stretches of equally many of the
    `steps`; `gradient` the root mean square gradient of the loss, by stretches of its own.
    """

    input: str = ""
    steps: int = 0
    value: float | None = None
    padded: list[float] = []
    gradient: list[float | None] = []


class Scales(msgspec.Struct, frozen=True, kw_only=True):
    """Mean and standard deviation by column of one input, in the order of the columns.

    Of more columns than can be shown, those at even ranks of the standard deviation stand for all;
    `total` counts all.
    """

    input: str = ""
    total: int = 0
    columns: list[int] = []
    means: list[float | None] = []
    deviations: list[float | None] = []


class BatchLabels(msgspec.Struct, frozen=True, kw_only=True):
    """How mixed the labels of a batch are, as entropies in nats.

    `within` is the mean over batches, `random` that of random batches of the same `size`, `all_rows`
    that of all rows together. `seen` batches were looked at. `how` is "seen" (they were watched
    passing) or "order" (rows are taken in order).
    """

    seen: int = 0
    size: float = 0.0
    how: str = "seen"
    within: float = 0.0
    random: float = 0.0
    all_rows: float = 0.0


class Pictures(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn beside the sentences, of a run that was examined."""

    answers: list[AnswerSpread] = []
    confusions: list[Confusion] = []
    labels: list[LabelOrder] = []
    layers: LayerSteps | None = None
    units: LayerUnits | None = None
    time: TimeAxis | None = None
    scales: list[Scales] = []
    batches: BatchLabels | None = None
