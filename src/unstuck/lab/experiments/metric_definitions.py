"""The experiment metric-definitions."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.facts import Metric, Metrics, Predictions
from unstuck.evidence.predictions import reported
from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same import Subject, figure, titled, unaskable_where_it_raises
from unstuck.rules.objective._common import DISAGREEMENT
from unstuck.rules.objective.accuracy_on_continuous_target import MOST_COUNTABLE

#: Keras's accuracies, by what they are called here.
_DEFINITIONS = {
    "binary, threshold 0.5": Metric(resolved="binary_accuracy", threshold=0.5),
    "binary, threshold 0": Metric(resolved="binary_accuracy", threshold=0.0),
    "categorical": Metric(resolved="categorical_accuracy"),
    "sparse categorical": Metric(resolved="sparse_categorical_accuracy"),
    "exact equality": Metric(resolved="accuracy"),
}

_DECIDES = ("metric-does-not-match-task", "accuracy-on-continuous-target", "exact-equality-accuracy")


@experiment("metric-definitions", decides=_DECIDES, trains=False)
def metric_definitions(recipe: Any, clock: Clock) -> Answer:
    """The accuracy by every definition, beside the one that is shown.

    Asks: does the accuracy of compile count what is meant?
    How: the trained model answers the rows once; the accuracy is counted from the same answers by
    each of Keras's definitions, from the decisions that fit the targets, by class, and as an error
    of numbers. What compile's own metrics give is had from Keras itself, by `evaluate`.
    Means: where compile's figure is far from the share of right decisions, it counts something
    else. Where the two agree although the decisions differ from row to row, the metric is right.
    """
    with unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=3)
        records = subject.records(subject.taught, subject.ran)
        own = subject.evaluated(subject.taught)
    says, shows = [], dict[str, Any]()
    supports, refuted = set[str](), list[set[str]]()
    for name, record in records.items():
        metric = subject.metrics[name].accuracy if name in subject.metrics else None
        table = _table(subject, name, record)
        told = own.get(metric.name, record.reported) if metric is not None else None
        if len(records) > 1 and metric is not None:
            told = own.get(f"{name}_{metric.name}", record.reported)
        classes = subject.tasks[name].form != "numbers"
        says.append(titled(name, _says(record, metric, told, table, classes)))
        shows[name or "output"] = {**table, "compile": told, "rows": record.rows}
        for_, against = _judged(record, metric, told, classes)
        supports |= for_
        refuted.append(against)
    if not says:
        raise UnaskableError("the model has no outputs that could be compared")
    return Answer(
        says=" ".join(says),
        shows={**(next(iter(shows.values())) if len(shows) == 1 else shows), "evaluate": own},
        supports=tuple(each for each in _DECIDES if each in supports),
        refutes=tuple(each for each in _DECIDES if all(each in against for against in refuted)),
    )


def _table(subject: Subject, name: str, record: Predictions) -> dict[str, Any]:
    """Every figure that has a meaning for these shapes."""
    targets = subject.targets(subject.taught).get(name)
    outputs, mask = subject.ran.outputs[name], subject.ran.masks.get(name)
    found: dict[str, Any] = {
        title: reported(outputs, targets, Metrics(uses=(metric,)), mask)
        for title, metric in _DEFINITIONS.items()
    }
    found |= {
        "right decisions": record.accuracy,
        "by label": record.label_accuracy,
        "mean over classes": record.balanced_accuracy,
        "R2": record.r2,
        "mean absolute error": record.mae,
    }
    if record.exact_possible is not None and targets is not None:
        count = int(np.size(targets))
        found |= {"targets": count, "countable": round(record.exact_possible * count)}
        found["exact hits"] = round((record.exact_hits or 0.0) * count)
    return {title: value for title, value in found.items() if value is not None}


def _judged(
    record: Predictions, metric: Metric | None, told: float | None, classes: bool
) -> tuple[set[str], set[str]]:
    """The causes that one output speaks for and against."""
    if metric is None:
        return set(), set(_DECIDES)  # no accuracy is shown
    if not classes:
        number = record.exact_possible is not None and record.exact_possible < MOST_COUNTABLE
        return ({"accuracy-on-continuous-target"} if number else set()), set()
    fair = record.label_accuracy if record.label_accuracy is not None else record.accuracy
    if fair is None or told is None:
        return set(), set()
    if abs(fair - told) > DISAGREEMENT:
        exact = metric.resolved == "accuracy"
        return {"exact-equality-accuracy" if exact else "metric-does-not-match-task"}, set()
    # The same figure for several decisions: a metric that counts something else would miss it.
    decided = len(record.decided) > 1 or record.label_accuracy is not None
    same = decided and abs(fair - told) * record.rows < 0.5
    return set(), set(_DECIDES) if same else set()


def _says(
    record: Predictions, metric: Metric | None, told: float | None, table: dict[str, Any], classes: bool
) -> str:
    """The figures in two sentences."""
    listed = ", ".join(f"{title} {table[title]:.4f}" for title in _DEFINITIONS if title in table)
    again = f"the other definitions give: {listed}" if listed else "no definition fits its shapes"
    shown = "no accuracy is shown" if metric is None else f"compile's {metric.name} gives {figure(told)}"
    lead = f"On {record.rows:,} training rows {shown}; {again}."
    if classes:
        fair = record.label_accuracy if record.label_accuracy is not None else record.accuracy
        balanced = record.balanced_accuracy
        mean = f" (mean over the classes {balanced:.4f})" if balanced is not None else ""
        return f"{lead} Decisions that fit the targets are right on {figure(fair)}{mean}."
    number = [f"{key} {table[key]:.4g}" for key in ("R2", "mean absolute error") if key in table]
    counts = ""
    if "countable" in table:
        counts = f" Only {table['countable']:,} of {table['targets']:,} targets can ever count"
        counts += f" ({table['exact hits']:,} do)."
    return f"{lead}{counts} As numbers: {', '.join(number) or 'not comparable'}."
