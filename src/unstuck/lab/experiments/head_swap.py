"""The experiment head-swap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unstuck.evidence.decisions import Answers, task_of
from unstuck.evidence.facts import Head, Loss, Predictions
from unstuck.evidence.predictions import describe
from unstuck.evidence.probe import Clock
from unstuck.evidence.signatures import BARE_ACTIVATIONS
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._same import (
    Subject,
    figure,
    gain_is_real,
    measure,
    score,
    titled,
    unaskable_where_it_raises,
)
from unstuck.lab.recipe import Recipe, UntreatableError

_DECIDES = (
    "softmax-over-one-unit",
    "relu-output",
    "logits-taken-as-probabilities",
    "probabilities-taken-as-logits",
)

_RELUS = ("relu", "relu6", "leaky_relu", "elu", "selu", "softplus")


@dataclass(frozen=True)
class _Swapped:
    """One output under another activation: its record, and which decisions are right."""

    activation: str
    record: Predictions
    hits: np.ndarray | None


@experiment("head-swap", decides=_DECIDES, trains=False)
def head_swap(recipe: Recipe, clock: Clock) -> Answer:
    """The same weights under another output activation.

    Asks: what do the weights know that the last activation hides?
    How: the activation of each output is exchanged (softmax over one unit for a sigmoid, linear for
    sigmoid or softmax, sigmoid for softmax or linear, ReLU for linear), the trained weights stay,
    and the same rows are answered and decided again, probabilities at .5, linear outputs at 0.
    Means: a score that rises shows that the weights are ahead of the head, and the head is what has
    to change. One that stays does not clear the head: a head that sends no gradient back keeps the
    weights from learning anything.
    """
    with unaskable_where_it_raises():
        subject = Subject(recipe, clock, passes=5)
        before = subject.records(subject.taught, subject.ran)
        found = {name: _swaps(recipe, subject, name, clock) for name in before}
    if not any(found.values()):
        raise UnaskableError(
            "the activation of its output is unknown, or no other would fit the targets better"
        )
    answers = subject.answers(subject.taught, subject.ran)
    says, shows, supports, cleared = [], dict[str, Any](), set[str](), []
    for name, record in before.items():
        head = subject.heads[name]
        hits = answers[name].hits
        says.append(titled(name, _says(head, record, hits, found[name])))
        shows[name or "output"] = {
            "activation": head.activation,
            "units": head.units,
            "measure": measure(record),
            "score": score(record),
            "spread_over_rows": record.std,
            "swapped": {
                each.activation: {"score": score(each.record), "auc": each.record.auc} for each in found[name]
            },
            "rows": record.rows,
        }
        supports |= _supported(head, subject.losses.get(name), record, hits, found[name])
        cleared.append(_cleared(subject, name, record))
    return Answer(
        says=" ".join(says),
        shows=next(iter(shows.values())) if len(shows) == 1 else shows,
        supports=tuple(each for each in _DECIDES if each in supports),
        refutes=tuple(
            each for each in _DECIDES if each not in supports and all(each in causes for causes in cleared)
        ),
    )


def _candidates(head: Head, form: str) -> tuple[str, ...]:
    """The activations that could stand in this one's place, for targets of this form."""
    if head.activation == "softmax":
        return ("sigmoid",) if head.softmax_size == 1 or form != "argmax" else ("linear",)
    if head.activation == "sigmoid":
        return ("linear",) if form == "numbers" else ("softmax", "linear") if head.units > 1 else ("linear",)
    if head.activation == "linear":
        return {"argmax": ("softmax",), "threshold": ("sigmoid",), "labels": ("sigmoid",)}.get(form, ())
    if head.activation in _RELUS or head.activation == "tanh":
        return ("linear",) if form == "numbers" else ("linear", "softmax" if form == "argmax" else "sigmoid")
    return ()


def _swaps(recipe: Recipe, subject: Subject, name: str, clock: Clock) -> list[_Swapped]:
    """The output under each other activation that fits, as far as the head is known."""
    head, task, found = subject.heads.get(name), subject.tasks[name], list[_Swapped]()
    if head is None:
        return found
    targets = subject.targets(subject.taught).get(name)
    for activation in _candidates(head, task.form):
        if not clock.left:
            break
        changed = _changed(recipe, name, head, activation)
        if changed is None:
            continue
        other = Subject(changed, clock, passes=1)
        part = replace(subject.taught, y=None)  # a loss made for the old head tells nothing
        outputs, mask = other.run(part).outputs[name], subject.ran.masks.get(name)
        shown = replace(head, activation=activation)
        loss = Loss(name="binary_crossentropy", from_logits=activation == "linear")
        again = task_of(outputs, targets, shown, loss)
        if task.form in ("argmax", "labels"):  # how targets are read does not depend on the head
            again = replace(again, form=task.form)
        record = describe(Predictions, again, outputs, targets, head=shown, mask=mask)
        found.append(_Swapped(activation, record, Answers.of(again, outputs, targets, mask).hits))
    return found


def _changed(recipe: Recipe, name: str, head: Head, activation: str) -> Recipe | None:
    """The recipe with the activation of one output exchanged, None where that cannot be done."""
    carrier = recipe.outputs.get(name, (None, None))[0]
    if carrier is None and len(recipe.outputs) == 1:
        carrier = next(iter(recipe.outputs.values()))[0]
    if carrier is None:
        return None
    inside = [each for each in recipe.names_in(carrier) if each != carrier]
    try:
        if recipe.kind_of(carrier) in BARE_ACTIVATIONS:
            return recipe.with_kind(carrier, "Activation", activation=activation)
        takes = [each for each in (carrier, *inside) if "activation" in recipe.arguments_of(each)]
        if recipe.kind == "subclassed":
            takes = [carrier]
        if not takes or (
            head.activation == "linear" and recipe.kind_of(takes[-1]) not in ("Dense", "Conv2D")
        ):
            return None
        return recipe.with_layers([takes[-1]], activation=activation)
    except UntreatableError:
        return None


def _supported(
    head: Head, loss: Loss | None, record: Predictions, hits: np.ndarray | None, swaps: list[_Swapped]
) -> set[str]:
    """The causes that one output speaks for: the swap frees what the head hides."""
    better = [each for each in swaps if _rises(hits, each, record)]
    if head.activation == "softmax" and head.softmax_size == 1 and record.std == 0:
        return {"softmax-over-one-unit"} if any(each.record.std > 0 for each in swaps) else set()
    if not better:
        return set()
    if head.activation in ("relu", "relu6"):
        return {"relu-output"}
    from_logits = loss is not None and loss.from_logits
    if head.activation == "linear" and loss is not None and loss.is_for_classes and not from_logits:
        return {"logits-taken-as-probabilities"}
    if head.activation in ("sigmoid", "softmax") and from_logits:
        return {"probabilities-taken-as-logits"}
    return set()


def _rises(hits: np.ndarray | None, swap: _Swapped, record: Predictions) -> bool:
    """Whether the swapped head is right on clearly more rows (numbers: explains a tenth more)."""
    if hits is not None and swap.hits is not None and hits.shape == swap.hits.shape:
        return gain_is_real(hits.reshape(-1), swap.hits.reshape(-1))
    if record.r2 is None or swap.record.r2 is None:
        return False
    return swap.record.r2 - record.r2 > 0.1


def _cleared(subject: Subject, name: str, record: Predictions) -> set[str]:
    """The causes that these answers rule out."""
    outputs, head, loss = subject.ran.outputs[name], subject.heads[name], subject.losses.get(name)
    found = set()
    if record.std > 0 and (head.softmax_size or 2) > 1:
        found.add("softmax-over-one-unit")
    if np.nanmin(outputs) < 0:
        found.add("relu-output")
    if head.bounds == (0.0, 1.0) or (loss is not None and loss.from_logits):
        found.add("logits-taken-as-probabilities")
    if record.outside_unit > 0 or (loss is not None and not loss.custom and not loss.from_logits):
        found.add("probabilities-taken-as-logits")
    return found


def _says(head: Head, record: Predictions, hits: np.ndarray | None, swaps: list[_Swapped]) -> str:
    """The figures in two sentences."""
    same = f" (the same answer, {record.mean:.4g}, for every row)" if record.std == 0 else ""
    lead = (
        f"With its {head.activation} output the {measure(record)} on {record.rows:,} training rows is "
        f"{figure(score(record))}{same}"
    )
    if not swaps:
        return f"{lead}; no other activation fits in its place."
    listed = ", ".join(
        f"{figure(score(each.record))} with {each.activation}"
        + (f" (area under the ROC curve {each.record.auc:.3f})" if each.record.auc is not None else "")
        for each in swaps
    )
    if any(_rises(hits, each, record) for each in swaps):
        return f"{lead}; on the same weights it is {listed}: the weights know more than the head shows."
    return f"{lead}; on the same weights it is {listed}: the weights know no more than the head shows."
