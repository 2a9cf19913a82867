"""Which causes may be told in the middle of a training: what the rest of it could still turn has to stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from unstuck.evidence.facts import Dynamics, Evidence
from unstuck.judgement.findings import Certainty, Finding, Impact, Judgement
from unstuck.rules.families import DIVERGES
from unstuck.rules.progress import FEWEST_BATCHES, chance_loss
from unstuck.rules.rule import catalogue, symptoms_of

#: A cause that more training could cure is told when it has stood since so small a part of all steps.
STANDS = 0.5

#: A batch that costs twice as much as before the first step, and twice as much as the best constant answer: a
#: factor of two between batches of one network is common, one from both of these is not.
FAR_WORSE = 2.0


def is_told_before(cause: Finding) -> bool:
    """Whether it is worth a word before the training: certain, and no mere matter of how well it learns."""
    return cause.certainty is Certainty.PROVED and cause.impact in (Impact.BLOCKS, Impact.MISLEADS)


class Standing:
    """Since which step each cause of one training has stood."""

    def __init__(self) -> None:
        self._since: dict[Any, int] = {}

    def sure(self, judgement: Judgement, step: int, *, ran_away: bool = False) -> list[Finding]:
        """The causes that may be told now.

        At once: what is proved and blocks or misleads, and what explains that the loss diverges or that it
        `ran_away`, as such weights do not come back. Of the others, those that have stood for half of the
        training: many a training learns nothing in its first epoch and much in its second.
        """
        found = [each for each in judgement.causes if each.certainty is not Certainty.SUSPECTED]
        keys = {(each.rule, each.where, each.output) for each in found}
        self._since = {key: since for key, since in self._since.items() if key in keys}
        diverging = {each.rule for each in judgement.symptoms} & set(symptoms_of(DIVERGES))
        told = []
        for each in found:
            since = self._since.setdefault((each.rule, each.where, each.output), step)
            at_once = is_told_before(each) or bool(diverging.intersection(each.explains))
            at_once = at_once or (ran_away and _makes_diverge(each))
            if at_once or since <= STANDS * step:
                told.append(each)
        return told


def _makes_diverge(cause: Finding) -> bool:
    """Whether it is of the causes that make a loss diverge."""
    rule = catalogue().get(cause.rule)
    return rule is not None and not set(symptoms_of(DIVERGES)).isdisjoint(rule.explains)


def ran_away(evidence: Evidence) -> bool:
    """Whether training has made it worse, for half of the steps and beyond what a few long steps do.

    That is, every batch of the later half costs `FAR_WORSE` times what the first cost before any step, and
    what the best constant answer costs. False where either is not known.
    """
    if len(evidence.outputs) != 1:  # the losses of batches are those of all outputs together
        return False
    (output,) = evidence.outputs
    chance = chance_loss(output.loss, output.baselines, evidence.fit)
    losses = output.curve.batch_losses if output.curve is not None else ()
    if chance is None or len(losses) < FEWEST_BATCHES:
        return False
    return min(losses[len(losses) // 2 :]) > FAR_WORSE * max(losses[0], chance.value)


def as_seen(cause: Finding, symptoms: Iterable[Finding], dynamics: Dynamics | None) -> Finding:
    """The cause, saying what became of the training where it explains that a loss is no number any more.

    How that came about is told at the end; now it matters that it has, when, and which weights are lost.
    """
    lost = next((each for each in symptoms if each.rule == "loss-nan"), None)
    if lost is None or lost.rule not in cause.explains:
        return cause
    held = dynamics.variables if dynamics is not None else ()
    broken = [each.path for each in held if each.nonfinite]
    says = lost.says.partition(":")[0]
    if broken:
        says += f"; {len(broken)} of {len(held)} weight arrays hold NaN, {broken[0]} first"
    return replace(cause, says=f"{says}.")


def blocking(causes: Iterable[Finding], stop: str | None) -> list[Finding]:
    """Those of the causes that end a training which is to be stopped when a cause is this sure."""
    order = [each.value for each in Certainty]
    if stop is None:
        return []
    least = order.index(stop)
    return [
        each for each in causes if each.impact is Impact.BLOCKS and order.index(str(each.certainty)) >= least
    ]
