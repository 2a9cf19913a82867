"""Level 0 of the reference: after a fit, within seconds, from rows that passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from unstuck.evidence.compiled import live_loss
from unstuck.evidence.decisions import as_units
from unstuck.evidence.elsewhere import decided_elsewhere
from unstuck.evidence.facts import Elsewhere, Evidence, Output
from unstuck.evidence.facts.reference import Reference, Versus
from unstuck.evidence.meaning.thresholds import UsedThreshold, threshold_in_use
from unstuck.evidence.reference.answers import narrowest, simple_answers, trivial_answers
from unstuck.evidence.reference.chosen import Chosen, choose
from unstuck.evidence.reference.deadline import Deadline
from unstuck.evidence.reference.framing import Framed, frame
from unstuck.evidence.reference.left_out import left_out_of
from unstuck.evidence.reference.network import Answered, ask
from unstuck.evidence.reference.objective import is_ahead
from unstuck.evidence.reference.problem import problem_of
from unstuck.evidence.reference.quantile import quantile_of
from unstuck.evidence.reference.readings import incomparable, is_open, network_scores
from unstuck.evidence.reference.scores import Target, chance, versus
from unstuck.evidence.reference.table import NoTableError
from unstuck.watch.observation import Observation

#: Seconds of work that a reference may take after any fit, and the share of a longer fit that it may take.
SECONDS, SHARE = 2.0, 0.02

#: Seconds kept for the quickest simple models where a slow network's one batch has used up the time: its
#: score alone tells nothing.
RESERVE_SECONDS = 0.2

#: The part of it that the network's own answers may take.
_NETWORK_SHARE = 0.25


def with_reference(seen: Observation, evidence: Evidence) -> Evidence:
    """The evidence with a Reference on each output that has one; `absent` says why there is none."""
    deadline = Deadline(max(SECONDS, SHARE * seen.seconds))
    why = _impossible(seen)
    found: dict[str, Reference] = {}
    if not why:
        found, why = _references(seen, evidence, deadline)
    spent = deadline.clock
    outputs = tuple(
        replace(
            output, reference=replace(found[output.name], seconds=spent) if output.name in found else None
        )
        for output in evidence.outputs
    )
    absent = {**evidence.absent, "Reference": why} if why else evidence.absent
    return replace(evidence, outputs=outputs, absent=absent)


def _impossible(seen: Observation) -> str:
    """Why there can be no reference at all, "" where there can."""
    if seen.training is None:
        return "the rows could not be looked at"
    if seen.raised is not None:
        return "fit did not come to its end"
    return ""


def _references(
    seen: Observation, evidence: Evidence, deadline: Deadline
) -> tuple[dict[str, Reference], str]:
    """The reference of each output by name, and why those that are missing are."""
    import keras

    heads = {output.name: output.head for output in evidence.outputs if output.head}
    chosen = (
        None
        if seen.training is None
        else choose(seen.training, seen.validation, heads, keras.config.floatx())
    )
    if chosen is None:
        return {}, "too few rows to hold some of them out"
    names = tuple(output.name for output in evidence.outputs) or ("",)
    last = seen.vitals.last_weights if seen.vitals is not None else None
    seconds = _NETWORK_SHARE * deadline.left
    answered = ask(seen.model, chosen.sample, names, last, seconds)
    if deadline.left < RESERVE_SECONDS:
        deadline = Deadline(RESERVE_SECONDS)
    found, reasons = dict[str, Reference](), list[str]()
    for output in evidence.outputs:
        try:
            with np.errstate(all="ignore"):
                loss = live_loss(seen.model, output.name, list(names))
                used = _used(seen.model, output, list(names), answered)
                found[output.name] = reference_of(chosen, answered, evidence, output, deadline, loss, used)
        except NoTableError as error:
            reasons.append(str(error))
        except Exception as error:  # the border: one output's odd rows must not end the diagnosis
            seen.errors.append(("reference", f"{type(error).__name__}: {error}"))
            reasons.append("it could not be had for an error")
    return found, "; ".join(dict.fromkeys(reasons))


def reference_of(
    chosen: Chosen,
    answered: Answered,
    evidence: Evidence,
    output: Output,
    deadline: Deadline,
    loss: Any = None,
    used: UsedThreshold | None = None,
) -> Reference:
    """The reference of one output; `loss` is its live loss, `used` the threshold that its metric decides by.

    Raises:
        NoTableError: simple models cannot be asked; the text says why.
    """
    framed = frame(chosen, answered, evidence, output)
    problem = problem_of(framed, chosen, evidence, output)
    target = problem.target
    width = narrowest(evidence.model, framed.judged.shape[1]) if framed.copies else None
    answers = {} if framed.copies and width is None else simple_answers(problem, width, deadline)
    simple = {name: target.scores(each) for name, each in answers.items()}
    trivial = {name: target.scores(each) for name, each in trivial_answers(problem).items()}
    scores, why, ahead, quantile = None, framed.why, False, None
    if framed.answers is not None:
        answers_held = replace(framed.answers, scores=framed.answers.scores[problem.kept])
        why = incomparable(answers_held, len(problem.levels), output.loss, output.metrics)
        why = why or _left_out(loss, output, target)
        if not why:
            scores = network_scores(answers_held, target, problem.levels, output.loss, output.metrics)
            own = is_open(output.loss) and target.kind == "numbers" and not framed.by_place
            ahead = own and loss is not None and is_ahead(loss, target, answers_held.scores, answers)
            quantile = (
                quantile_of(loss, target.values, answers_held.scores) if own and loss is not None else None
            )
    p_value, permutations = chance(target, answers, _best(simple)[1]) if simple else (1.0, 0)
    return Reference(
        measure=target.measure,
        network=float(scores.mean()) if scores is not None else None,
        why=why,
        trivial=_table(trivial),
        simple=_table(simple),
        versus_simple=_versus(target, scores, simple),
        versus_trivial=_versus(target, scores, trivial),
        quantile=quantile,
        padded=framed.padded,
        elsewhere=_elsewhere(framed, used),
        benefit=is_open(output.loss),
        ahead_in_own_loss=ahead,
        on=chosen.on,
        judged=len(np.unique(target.groups)),
        taught=len(framed.taught) or len(framed.judged),
        positions=len(target.values) if framed.by_place else 0,
        levels=target.classes,
        series=target.series,
        p_value=p_value,
        permutations=permutations,
    )


def _left_out(loss: Any, output: Output, target: Target) -> str:
    """Why no score counts what the loss does, where that leaves out a target value; else empty."""
    own = loss is not None and is_open(output.loss) and target.kind == "numbers"
    aside = left_out_of(loss, target.values) if own else None
    return f"its loss leaves out targets of {aside:g}, and scores do not" if aside is not None else ""


def _used(model: Any, output: Output, names: list[str], answered: Answered) -> UsedThreshold | None:
    """The threshold that the metric of one output decides by."""
    answers = answered.outputs.get(output.name)
    if answers is None or output.name not in names:
        return None
    return threshold_in_use(model, names.index(output.name), output.metrics, as_units(answers))


def _elsewhere(framed: Framed, used: UsedThreshold | None) -> Elsewhere | None:
    """What another threshold makes of the answers to the judged places, where they are decided by one."""
    if used is None or framed.answers is None or framed.kind == "numbers" or framed.task.signed:
        return None
    scores = framed.answers.scores
    right = framed.judged.reshape(len(framed.judged), -1)
    if framed.task.form == "argmax" or right.shape != scores.shape:
        return None
    return decided_elsewhere(scores, right == 1.0, framed.groups, used)


def _table(scores: Mapping[str, np.ndarray]) -> tuple[tuple[str, float], ...]:
    """The mean scores, best first."""
    means = ((name, float(each.mean())) for name, each in scores.items())
    return tuple(sorted(means, key=lambda each: -each[1]))


def _versus(target: Target, network: np.ndarray | None, others: Mapping[str, np.ndarray]) -> Versus | None:
    """The network against the best of others, None where either is missing."""
    return versus(target, network, others[_best(others)[0]]) if others and network is not None else None


def _best(scores: Mapping[str, np.ndarray]) -> tuple[str, float]:
    return _table(scores)[0]
