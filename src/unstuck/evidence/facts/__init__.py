"""The records of evidence: plain, immutable, any of them may be absent.

Per run: Environment, Model, Optimizer, Fit, Inputs, Batches, Dynamics, Activity, Gradients, Cut, AddedTerm,
OnePoint, NotFinite, Overlap, Copies, Earlier, Reordered, Upstream, Disorder;
Learnability, GradientCheck and PartExchange, which only experiments fill; Code, AnswersUsed and
WrittenInputs, which only the source tells; Book, which only a log tells, and Script, where one was given
beside it.
Per output: Head, Loss, Metrics, Labels, Split, Curve, Predictions, ValidationPredictions, Baselines,
Pairing, Reference; WrittenTargets, which only the source tells; LoggedRun, which only a log tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from unstuck.evidence.facts.code import (
    AnswersUsed,
    Code,
    Operation,
    Sighting,
    Written,
    WrittenInputs,
    WrittenTargets,
)
from unstuck.evidence.facts.examined import (
    AddedTerm,
    Baselines,
    CarriedOver,
    Elsewhere,
    OnePoint,
    Pairing,
    Predictions,
    Renumbered,
    ValidationPredictions,
)
from unstuck.evidence.facts.experiments import GradientCheck, Learnability, PartExchange
from unstuck.evidence.facts.place import Place
from unstuck.evidence.facts.program import (
    Environment,
    Fit,
    Head,
    Layer,
    Loss,
    Metric,
    Metrics,
    Model,
    Monitor,
    Optimizer,
)
from unstuck.evidence.facts.reference import Padded, Quantile, Reference, Versus
from unstuck.evidence.facts.rows import (
    Batches,
    Input,
    Inputs,
    Labels,
    NextGiven,
    Padding,
    ScaledApart,
    Split,
    TargetGiven,
)
from unstuck.evidence.facts.streams import Copies, Earlier, Forgotten, Overlap, Reordered
from unstuck.evidence.facts.training import (
    Activity,
    Curve,
    Cut,
    Dynamics,
    Gradients,
    LayerActivity,
    LayerGradient,
    NotFinite,
    Step,
    Variable,
)
from unstuck.evidence.facts.upstream import Disorder, Upstream
from unstuck.evidence.facts.weights import Asleep, Drawn, Table, Unmoved, Untracked
from unstuck.evidence.pictures import AnswerSpread, Confusion
from unstuck.evidence.printed.run import Book, LoggedRun

__all__ = [
    "Activity",
    "AddedTerm",
    "AnswersUsed",
    "Asleep",
    "Baselines",
    "Batches",
    "Book",
    "CarriedOver",
    "Code",
    "Copies",
    "Curve",
    "Cut",
    "Disorder",
    "Drawn",
    "Dynamics",
    "Earlier",
    "Elsewhere",
    "Environment",
    "Evidence",
    "Fit",
    "Forgotten",
    "GradientCheck",
    "Gradients",
    "Head",
    "Input",
    "Inputs",
    "Labels",
    "Layer",
    "LayerActivity",
    "LayerGradient",
    "Learnability",
    "LoggedRun",
    "Loss",
    "Metric",
    "Metrics",
    "Model",
    "Monitor",
    "NextGiven",
    "NotFinite",
    "OnePoint",
    "Operation",
    "Optimizer",
    "Output",
    "Overlap",
    "Padded",
    "Padding",
    "Pairing",
    "PartExchange",
    "Place",
    "Predictions",
    "Quantile",
    "Reference",
    "Renumbered",
    "Reordered",
    "ScaledApart",
    "Script",
    "Sighting",
    "Split",
    "Step",
    "Table",
    "TargetGiven",
    "Unmoved",
    "Untracked",
    "Upstream",
    "ValidationPredictions",
    "Variable",
    "Versus",
    "Written",
    "WrittenInputs",
    "WrittenTargets",
]


@cache
def _names(bundle: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(bundle))


def _by_type(record: Any) -> dict[type, Any]:
    """The records held by a bundle, by their type."""
    held = (getattr(record, name) for name in _names(record.__class__))
    return {type(value): value for value in held if hasattr(value, "__dataclass_fields__")}


@dataclass(frozen=True, kw_only=True)
class Output:
    """What is known of one output of the model. `name` is "" for a model with one output.

    `spread` and `confusion` are for the pictures of a report; no rule sees them.
    """

    name: str = ""
    head: Head | None = None
    loss: Loss | None = None
    metrics: Metrics | None = None
    labels: Labels | None = None
    split: Split | None = None
    curve: Curve | None = None
    predictions: Predictions | None = None
    validation_predictions: ValidationPredictions | None = None
    baselines: Baselines | None = None
    pairing: Pairing | None = None
    reference: Reference | None = None
    spread: AnswerSpread | None = None
    confusion: Confusion | None = None
    written_targets: WrittenTargets | None = None
    logged: LoggedRun | None = None

    @property
    def records(self) -> dict[type, Any]:
        """The present records by their type."""
        return _by_type(self)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that is known of one Run. `absent` says why a record is missing, by its class name."""

    environment: Environment | None = None
    model: Model | None = None
    optimizer: Optimizer | None = None
    fit: Fit | None = None
    inputs: Inputs | None = None
    batches: Batches | None = None
    dynamics: Dynamics | None = None
    activity: Activity | None = None
    gradients: Gradients | None = None
    cut: Cut | None = None
    not_finite: NotFinite | None = None
    added_term: AddedTerm | None = None
    one_point: OnePoint | None = None
    overlap: Overlap | None = None
    earlier: Earlier | None = None
    copies: Copies | None = None
    reordered: Reordered | None = None
    upstream: Upstream | None = None
    disorder: Disorder | None = None
    learnability: Learnability | None = None
    gradient_check: GradientCheck | None = None
    part_exchange: PartExchange | None = None
    written_inputs: WrittenInputs | None = None
    code: Code | None = None
    answers_used: AnswersUsed | None = None
    book: Book | None = None
    script: Script | None = None
    outputs: tuple[Output, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def records(self) -> dict[type, Any]:
        """The present records of the run as a whole, by their type."""
        return _by_type(self)


@dataclass(frozen=True, kw_only=True)
class Script:
    """The script that a log is said to come from, as it was read: the `evidence` of the training in it.

    `shows` are the causes that it has as well, by rule with their place; `rules_out` those that it cannot
    have, with the reason.
    """

    evidence: Evidence
    shows: Mapping[str, Place] = field(default_factory=dict)
    rules_out: Mapping[str, str] = field(default_factory=dict)
