"""From Evidence and the rows behind it to what pictures are drawn from: bounded tables of plain numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from unstuck.evidence.data import targets_of
from unstuck.evidence.facts import Dynamics, Evidence, Output
from unstuck.evidence.inputs import named_leaves
from unstuck.evidence.pictures import (
    MOST_ROWS,
    AnswerSpread,
    BatchLabels,
    LabelOrder,
    LayerSteps,
    LayerUnits,
    Pictures,
    Scales,
    TimeAxis,
)
from unstuck.watch.observation import Observation

#: Steps of a heat map, and inputs or outputs that are drawn: more of them is a page nobody reads.
_STEPS, _PARTS = 32, 4

#: Activations under which a unit can be dead, or an entry saturated.
_CAN_BE_SILENT = frozenset({"relu", "relu6", "tanh", "hard_tanh", "sigmoid", "hard_sigmoid"})

#: A name in a picture is cut to so many characters; the Case's other parts hold it whole.
_NAME = 60


def pictured(seen: Observation, evidence: Evidence) -> Pictures:
    """Everything that can be drawn of one fit. What fails is left out, with a line in `seen.errors`."""

    def made(function: Any, *arguments: Any) -> Any:
        return seen.attempt("pictures", function, *arguments)

    return Pictures(
        answers=[_with_margins(each) for each in evidence.outputs if each.spread is not None][:_PARTS],
        confusions=[each.confusion for each in evidence.outputs if each.confusion is not None][:_PARTS],
        labels=made(_labels, seen, evidence) or [],
        layers=made(layer_steps, evidence.dynamics),
        units=made(_units, evidence),
        time=made(_time, seen, evidence),
        scales=made(_scales, seen, evidence) or [],
        batches=made(_batches, evidence),
    )


def _with_margins(output: Output) -> AnswerSpread:
    record, spread = output.predictions, output.spread or AnswerSpread()
    if record is None:
        return spread
    return msgspec.structs.replace(
        spread,
        margin_start=_finite(record.margin_start),
        margin_end=_finite(record.margin_end),
        changed=_finite(record.decisions_changed),
    )


def _labels(seen: Observation, evidence: Evidence) -> list[LabelOrder]:
    from unstuck.evidence.along import label_order

    names = [output.name for output in evidence.outputs]
    known = {output.name: output.labels for output in evidence.outputs}
    found = []
    for part, rows in (("training", seen.training), ("validation", seen.validation)):
        targets = targets_of(rows, names) if rows is not None else {}
        for name in list(targets)[:_PARTS]:
            found.append(label_order(name, part, targets[name], known.get(name)))
    return [each for each in found if each is not None]


def _scales(seen: Observation, evidence: Evidence) -> list[Scales]:
    from unstuck.evidence.along import scales

    if seen.training is None or evidence.inputs is None:
        return []
    pairs = zip(named_leaves(seen.training.x), evidence.inputs.training, strict=False)
    found = (scales(array, described) for (_, array), described in list(pairs)[:_PARTS])
    return [each for each in found if each is not None]


def _time(seen: Observation, evidence: Evidence) -> TimeAxis | None:
    """Of several inputs the one with the longest time axis that is padded."""
    from unstuck.evidence.along import padded_by_time

    gradient = list(evidence.gradients.by_time) if evidence.gradients is not None else []
    shown = TimeAxis(gradient=[_finite(value) for value in gradient])
    inputs = evidence.inputs.training if evidence.inputs is not None else ()
    held = named_leaves(seen.training.x) if seen.training is not None else []
    padded = [
        (each.padding.steps, at)
        for at, each in enumerate(inputs)
        if each.padding is not None and at < len(held)
    ]
    if padded:
        at = max(padded)[1]
        edge = inputs[at].padding
        shown = msgspec.structs.replace(
            shown,
            input=inputs[at].name[:_NAME],
            steps=edge.steps if edge else 0,
            value=_finite(edge.value) if edge else None,
            padded=padded_by_time(held[at][1]),
        )
    return shown if shown.padded or shown.gradient else None


def layer_steps(dynamics: Dynamics | None, most: int = _STEPS) -> LayerSteps | None:
    """Norms by layer, those of its variables together, at no more than `most` steps."""
    if dynamics is None or not dynamics.steps or not dynamics.trained:
        return None
    owner = {variable.path: variable.layer for variable in dynamics.variables}
    members: dict[str, list[int]] = {}
    for index, path in enumerate(dynamics.trained):
        members.setdefault(owner.get(path, path.partition("/")[0]), []).append(index)
    names = thinned(list(members), MOST_ROWS)
    steps = thinned(
        [step for step in dynamics.steps if len(step.update_norms) == len(dynamics.trained)], most
    )

    def of(kind: str, name: str) -> list[list[float | None]]:
        return [[_at(getattr(step, kind), index) for index in members[name]] for step in steps]

    gradients = {name: [_norm(part) for part in of("gradient_norms", name)] for name in names}
    updates = {name: [_norm(part) for part in of("update_norms", name)] for name in names}
    weights = {name: [_norm(part) for part in of("weight_norms", name)] for name in names}
    return LayerSteps(
        layers=[name[:_NAME] for name in names],
        steps=[step.number for step in steps],
        gradients=list(gradients.values()),
        ratios=[[_ratio(*pair) for pair in zip(updates[name], weights[name], strict=True)] for name in names],
        left_out=len(members) - len(names),
    )


def _units(evidence: Evidence) -> LayerUnits | None:
    if evidence.activity is None:
        return None
    able = [each for each in evidence.activity.layers if each.activation in _CAN_BE_SILENT]
    if not able:
        return None
    shown = thinned(able, MOST_ROWS)
    return LayerUnits(
        rows=evidence.activity.rows,
        layers=[each.name[:_NAME] for each in shown],
        activations=[str(each.activation) for each in shown],
        dead=[each.dead for each in shown],
        saturated=[each.saturated for each in shown],
        left_out=len(able) - len(shown),
    )


def _batches(evidence: Evidence) -> BatchLabels | None:
    batches = evidence.batches
    if batches is None or not batches.prior_entropy:
        return None
    return BatchLabels(
        seen=batches.seen,
        size=batches.size,
        how=batches.how,
        within=batches.label_entropy,
        random=batches.expected_entropy,
        all_rows=batches.prior_entropy,
    )


def thinned(things: Sequence[Any], most: int) -> list[Any]:
    """At most so many of them, evenly spread, the first and the last among them."""
    if len(things) <= most:
        return list(things)
    return [things[round(at * (len(things) - 1) / (most - 1))] for at in range(most)]


def _at(values: Sequence[float | None], index: int) -> float | None:
    return values[index] if index < len(values) else None


def _norm(parts: Sequence[float | None]) -> float | None:
    """The norm of all parts together, None where one is unknown."""
    known = [part for part in parts if part is not None]
    return _finite(math.hypot(*known)) if known and len(known) == len(parts) else None


def _ratio(update: float | None, weight: float | None) -> float | None:
    return _finite(update / weight) if update is not None and weight else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
